// Switches for what goes wrong in real life, the sandbox's clock, and the way back to a clean start.
import { useEffect, useState } from "react";
import { SidePanel } from "../shell/SidePanel.jsx";
import { Icon } from "../shell/Icon.jsx";
import { api } from "../state/api.js";
import { useSandbox } from "../state/useSandbox.js";
import { faultBody, faultKinds, initialFields, isOn } from "./faultKinds.js";

function FaultField({ kind, field, value, onChange }) {
  const shown = field.type === "methods" ? value.join(", ") : value;
  const read = (text) => {
    if (field.type === "methods") return text.split(/[\s,]+/).filter(Boolean);
    return field.type === "number" ? Number(text) : text;
  };
  return (
    <label className="fault__field">
      {field.label}
      <input
        className="field"
        type={field.type === "number" ? "number" : "text"}
        step="any"
        min={field.min}
        aria-label={`${kind.name}: ${field.label}`}
        defaultValue={shown}
        onChange={(event) => onChange(read(event.target.value))}
      />
    </label>
  );
}

function Fault({ kind, value, onSet }) {
  const [fields, setFields] = useState(() => initialFields(kind, value));
  const on = isOn(kind, value);
  return (
    <li className={`fault${on ? " fault--on" : ""}`}>
      <label className="fault__switch">
        <input
          type="checkbox"
          role="switch"
          aria-label={kind.name}
          checked={on}
          onChange={(event) => onSet(faultBody(kind, event.target.checked, fields))}
        />
        <span>
          <strong>{kind.name}</strong>
          <span className="fault__text">{kind.text}</span>
        </span>
        {on && value.times > 0 && <span className="fault__left">{value.times} left</span>}
      </label>
      {kind.fields.length > 0 && (
        <details className="fault__details">
          <summary>Parameters</summary>
          {kind.fields.map((field) => (
            <FaultField
              key={field.key}
              kind={kind}
              field={field}
              value={fields[field.key]}
              onChange={(next) => setFields({ ...fields, [field.key]: next })}
            />
          ))}
        </details>
      )}
    </li>
  );
}

function ClockAndReset() {
  const { advanceClock, reset, toast } = useSandbox();
  const [seconds, setSeconds] = useState(5);
  const advance = async () => {
    if (await advanceClock(seconds)) toast(`The sandbox's clock went ${seconds} s forward.`, "info");
  };
  return (
    <div className="tool-bar tool-bar--column">
      <div className="clock">
        <label>
          Clock, seconds forward
          <input className="field" type="number" min="0" step="any" value={seconds} onChange={(e) => setSeconds(Number(e.target.value))} />
        </label>
        <button type="button" className="button" onClick={advance}>
          Advance
        </button>
      </div>
      <button type="button" className="button" onClick={reset}>
        <Icon name="reset" /> Reset the sandbox
      </button>
    </div>
  );
}

export function Faults({ onClose }) {
  const { setFaults, traffic, boot } = useSandbox();
  const [faults, setShown] = useState(boot.faults || null);
  const last = traffic.length ? traffic[traffic.length - 1].n : 0;
  useEffect(() => {
    // each request may use a fault up: ask again after it
    api.faults().then(setShown, () => {});
  }, [last, boot]);
  const set = async (body) => {
    setShown((before) => ({ ...before, ...body })); // at once; the sandbox's answer corrects it
    setShown((await setFaults(body)) || (await api.faults()));
  };
  return (
    <SidePanel title="Faults" note="What goes wrong next" onClose={onClose}>
      <ul className="faults" aria-label="Faults">
        {faults && faultKinds.map((kind) => <Fault key={kind.key} kind={kind} value={faults[kind.key]} onSet={set} />)}
      </ul>
      <ClockAndReset />
    </SidePanel>
  );
}
