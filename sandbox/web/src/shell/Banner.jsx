// The strip on top: this is not Slack; and the switches of the sandbox's own tools.
import { useSandbox } from "../state/useSandbox.js";
import { Icon } from "./Icon.jsx";

function Tool({ name, icon, isOn, onToggle }) {
  return (
    <button type="button" className="tool" aria-pressed={isOn} onClick={onToggle}>
      <Icon name={icon} />
      <span>{name}</span>
    </button>
  );
}

export function Banner({ panel, onPanel }) {
  const { connected } = useSandbox();
  const toggle = (name) => onPanel(panel === name ? null : name);
  return (
    <div className="banner" role="banner">
      <strong>SANDBOX</strong>
      <span className="banner__text">
        {connected === false ? (
          "Connection lost, trying again …"
        ) : (
          <>
            Not the real Slack<span className="not-phone">: nothing here leaves this machine</span>.
          </>
        )}
      </span>
      <Tool name="Traffic" icon="traffic" isOn={panel === "traffic"} onToggle={() => toggle("traffic")} />
      <Tool name="Faults" icon="fault" isOn={panel === "faults"} onToggle={() => toggle("faults")} />
    </div>
  );
}
