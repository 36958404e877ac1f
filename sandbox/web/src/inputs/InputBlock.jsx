// An input block: label, element, hint, and the error that the app's answer gives for it.
import { useContext, useId } from "react";
import { ActionContext } from "../blocks/ActionScope.jsx";
import { RichText } from "../blocks/RichText.jsx";
import { UnknownBlock } from "../blocks/UnknownBlock.jsx";
import { plain } from "../blocks/plain.js";
import { Icon } from "../shell/Icon.jsx";
import { Element, isInput } from "./Element.jsx";
import { sentValue } from "./elementState.js";

function sendsOn(block, trigger) {
  if (!block.dispatch_action) return false;
  const isText = block.element.type.endsWith("_input");
  const triggers = block.element.dispatch_action_config?.trigger_actions_on || ["on_enter_pressed"];
  return isText ? triggers.includes(trigger) : trigger === "on_change";
}

export function InputBlock({ block }) {
  const scope = useContext(ActionContext);
  const id = useId();
  const { element } = block;
  if (!scope.form || !isInput(element)) return <UnknownBlock block={block} />;
  const state = scope.form.get(block.block_id, element.action_id);
  const error = scope.form.errors[block.block_id];
  const send = (next) => scope.send(block, element, sentValue(next));
  const change = (next) => {
    scope.form.set(block.block_id, element.action_id, next);
    if (sendsOn(block, "on_change") || sendsOn(block, "on_character_entered")) send(next);
  };
  const enter = (event) => {
    if (!sendsOn(block, "on_enter_pressed")) return;
    event.preventDefault(); // Enter sends the action, not the form
    send(state);
  };
  return (
    <div className={`input${error ? " input--wrong" : ""}`} id={block.block_id} data-block-id={block.block_id}>
      <label className="input__label" htmlFor={id}>
        {plain(block.label)} {block.optional && <span className="input__optional">(optional)</span>}
      </label>
      <Element
        element={element}
        id={id}
        label={plain(block.label)}
        describedBy={`${id}-notes`}
        invalid={Boolean(error)}
        state={state}
        onChange={change}
        onEnter={enter}
        loadOptions={(value) => scope.options(block, element, value)}
      />
      <div id={`${id}-notes`}>
        {error && (
          <div className="input__error" role="alert">
            <Icon name="alert" /> {error}
          </div>
        )}
        {block.hint && (
          <div className="input__hint">
            <RichText text={block.hint} />
          </div>
        )}
      </div>
    </div>
  );
}
