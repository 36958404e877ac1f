// "Are you sure?" before an action, from a confirm object.
import { RichText } from "../blocks/RichText.jsx";
import { plain } from "../blocks/plain.js";
import { Icon } from "../shell/Icon.jsx";
import { Dialog } from "./Dialog.jsx";

export function ConfirmDialog({ confirm, onConfirm, onCancel }) {
  const title = plain(confirm.title);
  const style = confirm.style === "danger" ? "button--danger" : "button--primary";
  return (
    <Dialog label={title} className="confirm" onClose={onCancel}>
      <header className="dialog__header">
        <h2>{title}</h2>
        <button type="button" className="icon-button" aria-label="Close" onClick={onCancel}>
          <Icon name="close" />
        </button>
      </header>
      <div className="dialog__body">
        <RichText text={confirm.text} />
      </div>
      <footer className="dialog__footer">
        <button type="button" className="button" onClick={onCancel}>
          {plain(confirm.deny)}
        </button>
        <button type="button" className={`button ${style}`} onClick={onConfirm}>
          {plain(confirm.confirm)}
        </button>
      </footer>
    </Dialog>
  );
}
