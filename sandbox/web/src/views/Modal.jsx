// The modal on top of the user's stack.
import { useState } from "react";
import { ActionScope } from "../blocks/ActionScope.jsx";
import { Blocks } from "../blocks/Blocks.jsx";
import { plain } from "../blocks/plain.js";
import { Icon } from "../shell/Icon.jsx";
import { Avatar } from "../shell/Avatar.jsx";
import { Toasts } from "../shell/Toasts.jsx";
import { appName } from "../state/directory.js";
import { useSandbox } from "../state/useSandbox.js";
import { Dialog } from "./Dialog.jsx";
import { useForm } from "./useForm.js";

const TROUBLE = "We had some trouble connecting. Try again?";

function useSubmit(view, form) {
  const sandbox = useSandbox();
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState("");
  const submit = async (event) => {
    event.preventDefault();
    if (busy || Object.keys(form.missing()).length) return;
    setBusy(true);
    setTrouble("");
    try {
      const answer = await sandbox.submit(view.id, form.values);
      sandbox.showViewErrors(answer.errors || {});
      if (!answer.ok && !Object.keys(answer.errors || {}).length) setTrouble(TROUBLE);
    } catch (error) {
      setTrouble(error.status ? TROUBLE : error.message);
    }
    setBusy(false);
  };
  return { submit, busy, trouble };
}

export function Modal() {
  const { view } = useSandbox();
  return view ? <OpenModal view={view} key={view.id} /> : null;
}

function OpenModal({ view }) {
  const sandbox = useSandbox();
  const form = useForm(view, sandbox.viewErrors);
  const { submit, busy, trouble } = useSubmit(view, form);
  const close = () => sandbox.closeView(view.id);
  const title = plain(view.title);
  return (
    <Dialog label={title} className="modal" onClose={close}>
      <form className="modal__form" onSubmit={submit} noValidate>
        <header className="dialog__header">
          <Avatar id={sandbox.boot.app?.id} name={appName(sandbox.boot)} isApp size="small" />
          <h2>{title}</h2>
          <button type="button" className="icon-button" aria-label="Close" onClick={close}>
            <Icon name="close" />
          </button>
        </header>
        <div className="dialog__body">
          {trouble && (
            <div className="trouble" role="alert">
              <Icon name="alert" /> {trouble}
            </div>
          )}
          <ActionScope container={{ type: "view", view_id: view.id }} blocks={view.blocks} form={form}>
            <Blocks blocks={view.blocks} />
          </ActionScope>
        </div>
        <footer className="dialog__footer">
          <button type="button" className="button" onClick={close}>
            {plain(view.close) || (view.submit ? "Cancel" : "Close")}
          </button>
          {view.submit && (
            <button type="submit" className="button button--primary" aria-busy={busy || undefined} data-pending={busy ? "" : undefined}>
              {plain(view.submit)}
            </button>
          )}
        </footer>
      </form>
      <Toasts />
    </Dialog>
  );
}
