// The open list of a select.
import { useEffect, useRef } from "react";
import { plain } from "../blocks/plain.js";

function Option({ id, option, isActive, isPicked, onPick, onPoint }) {
  const node = useRef(null);
  useEffect(() => {
    if (isActive) node.current.scrollIntoView({ block: "nearest" });
  }, [isActive]);
  return (
    <div
      ref={node}
      id={id}
      role="option"
      aria-selected={isPicked}
      className={`option${isActive ? " option--active" : ""}`}
      onMouseMove={onPoint}
      onMouseDown={(event) => event.preventDefault()} // keeps the focus in the field
      onClick={onPick}
    >
      <span>{plain(option.text)}</span>
      {option.description && <span className="option__description">{plain(option.description)}</span>}
    </div>
  );
}

export function OptionList({ id, label, style, groups, hint, active, isPicked, onPick, onPoint }) {
  let position = -1;
  return (
    <div className="option-list" id={id} role="listbox" aria-label={label} style={style}>
      {hint && (
        <div className="option-list__hint" role="status">
          {hint}
        </div>
      )}
      {groups.map((group, index) => (
        <div key={index} role="group" aria-label={plain(group.label) || undefined}>
          {group.label && <div className="option-list__label">{plain(group.label)}</div>}
          {group.options.map((option) => {
            position += 1;
            const at = position;
            return (
              <Option
                key={`${option.value}-${at}`}
                id={`${id}-${at}`}
                option={option}
                isActive={at === active}
                isPicked={isPicked(option)}
                onPick={() => onPick(option)}
                onPoint={() => onPoint(at)}
              />
            );
          })}
        </div>
      ))}
    </div>
  );
}
