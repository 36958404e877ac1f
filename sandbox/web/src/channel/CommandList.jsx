// The slash commands that complete what is typed.
import { appName } from "../state/directory.js";
import { useSandbox } from "../state/useSandbox.js";
import { Avatar } from "../shell/Avatar.jsx";

export function CommandList({ id, commands, active, onPick }) {
  const { boot } = useSandbox();
  return (
    <div className="commands" role="listbox" aria-label="Slash commands" id={id}>
      <div className="commands__title">Commands of {appName(boot)}</div>
      {commands.map((command, index) => (
        <div
          key={command.command}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === active}
          className={`command${index === active ? " command--active" : ""}`}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onPick(command)}
        >
          <Avatar name={appName(boot)} isApp size="small" />
          <span className="command__text">
            <span>
              <strong>{command.command}</strong> <span className="command__usage">{command.usage_hint}</span>
            </span>
            <span className="command__description">{command.description}</span>
          </span>
        </div>
      ))}
    </div>
  );
}
