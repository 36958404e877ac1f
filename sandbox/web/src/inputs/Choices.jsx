// Radio buttons and checkboxes.
import { useId } from "react";
import { RichText } from "../blocks/RichText.jsx";
import { plain } from "../blocks/plain.js";

function Choice({ option, type, name, checked, onToggle }) {
  return (
    <label className="choice">
      <input type={type} name={name} checked={checked} onChange={onToggle} aria-label={plain(option.text)} />
      <span className="choice__text">
        <RichText text={option.text} />
        {option.description && (
          <span className="choice__description">
            <RichText text={option.description} />
          </span>
        )}
      </span>
    </label>
  );
}

export function Choices({ element, label, state, onChange, describedBy, invalid }) {
  const name = useId();
  const many = element.type === "checkboxes";
  const picked = many ? state.selected_options : [state.selected_option].filter(Boolean);
  const isPicked = (option) => picked.some((other) => other.value === option.value);
  const toggle = (option) => {
    if (!many) return onChange({ ...state, selected_option: option });
    const next = element.options.filter((other) => isPicked(other) !== (other.value === option.value));
    return onChange({ ...state, selected_options: next });
  };
  return (
    <div
      className="choices"
      role={many ? "group" : "radiogroup"}
      aria-label={label}
      aria-describedby={describedBy}
      aria-invalid={invalid || undefined}
    >
      {element.options.map((option) => (
        <Choice
          key={option.value}
          option={option}
          type={many ? "checkbox" : "radio"}
          name={name}
          checked={isPicked(option)}
          onToggle={() => toggle(option)}
        />
      ))}
    </div>
  );
}
