// Text, e-mail, URL, number, date and time, with the browser's own inputs.
import { useEffect, useRef } from "react";
import { plain } from "../blocks/plain.js";

const kinds = {
  plain_text_input: ["text", "value"],
  email_text_input: ["email", "value"],
  url_text_input: ["url", "value"],
  number_input: ["number", "value"],
  datepicker: ["date", "selected_date"],
  timepicker: ["time", "selected_time"],
};

export function TextInput({ element, label, state, onChange, onEnter, id, describedBy, invalid }) {
  const field = useRef(null);
  const [type, key] = kinds[element.type];
  useEffect(() => {
    if (element.focus_on_load) field.current.focus();
  }, [element.focus_on_load]);
  const shared = {
    ref: field,
    id,
    className: "field",
    "aria-label": label,
    "aria-describedby": describedBy,
    "aria-invalid": invalid || undefined,
    placeholder: plain(element.placeholder),
    maxLength: element.max_length,
    value: state[key] ?? "",
    onChange: (event) => onChange({ ...state, [key]: event.target.value || null }),
  };
  if (element.multiline) return <textarea {...shared} rows={4} />;
  const step = element.is_decimal_allowed ? "any" : undefined;
  const enter = (event) => {
    if (event.key === "Enter" && onEnter) onEnter(event);
  };
  return (
    <input {...shared} type={type} step={step} min={element.min_value} max={element.max_value} onKeyDown={enter} autoComplete="off" />
  );
}
