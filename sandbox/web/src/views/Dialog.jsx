// A modal box on the browser's own <dialog>: focus stays inside, Escape asks to close, the rest of the page is inert.
import { useLayoutEffect, useRef } from "react";

/** The first field; on a touch screen the box itself, so that no keyboard jumps up unasked. */
function firstToFocus(dialog) {
  const wantsKeyboard = window.matchMedia("(hover: hover)").matches;
  return (wantsKeyboard && dialog.querySelector(".dialog__body .field, .dialog__footer .button:last-child")) || dialog;
}

export function Dialog({ label, className, onClose, children }) {
  const node = useRef(null);
  useLayoutEffect(() => {
    const dialog = node.current;
    dialog.showModal();
    firstToFocus(dialog).focus(); // an element with focus_on_load takes the focus after this
    return () => dialog.close();
  }, []);
  const cancel = (event) => {
    event.preventDefault(); // the owner decides whether the dialog goes
    onClose();
  };
  return (
    <dialog ref={node} role="dialog" aria-modal="true" aria-label={label} tabIndex={-1} className={`dialog ${className}`} onCancel={cancel} onClose={onClose}>
      {children}
    </dialog>
  );
}
