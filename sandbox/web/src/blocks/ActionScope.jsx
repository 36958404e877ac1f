// The place where clicks inside one message or view become actions. The library has no callback for clicks, but each
// element carries id=action_id and each block id=block_id: one capturing listener resolves them inside this wrapper.
import { createContext, useRef, useState } from "react";
import { useSandbox } from "../state/useSandbox.js";
import { ConfirmDialog } from "../views/ConfirmDialog.jsx";
import { clickedElement } from "./clickedElement.js";
import { isSafeUrl } from "./LibraryBlocks.jsx";

export const ActionContext = createContext(null);

function markPending(node, pending) {
  node?.toggleAttribute("data-pending", pending);
  if (pending) node?.setAttribute("aria-busy", "true");
  else node?.removeAttribute("aria-busy");
}

/** `container` as POST action takes it; `form` (of a view) holds the inputs' states, sent along with each action. */
export function ActionScope({ container, blocks, form, children }) {
  const sandbox = useSandbox();
  const [asked, setAsked] = useState(null); // an action that waits for its confirmation
  const wrapper = useRef(null);

  const deliver = async ({ block, element, value, node }) => {
    if (element.type === "button" && isSafeUrl(element.url)) {
      window.open(element.url, "_blank", "noopener,noreferrer");
    }
    const shown = node || wrapper.current;
    markPending(shown, true);
    await sandbox.act({
      container,
      block_id: block.block_id,
      action_id: element.action_id,
      ...(value === undefined ? {} : { value }),
      ...(form ? { state: form.values } : {}),
    });
    markPending(shown, false);
  };
  const start = (action) => (action.element.confirm ? setAsked(action) : deliver(action));

  const onClickCapture = (event) => {
    const hit = clickedElement(event.target, wrapper.current, blocks);
    if (hit && !hit.node.hasAttribute("data-pending")) start(hit);
  };
  const scope = {
    form,
    send: (block, element, value) => start({ block, element, value }),
    options: (block, element, value) =>
      sandbox.options({ container, block_id: block.block_id, action_id: element.action_id, value }),
  };
  return (
    <ActionContext.Provider value={scope}>
      <div className="action-scope" ref={wrapper} onClickCapture={onClickCapture}>
        {children}
      </div>
      {asked && (
        <ConfirmDialog
          confirm={asked.element.confirm}
          onConfirm={() => {
            setAsked(null);
            deliver(asked);
          }}
          onCancel={() => setAsked(null)}
        />
      )}
    </ActionContext.Provider>
  );
}
