// Short notices at the top of the screen; they go by themselves, or by their button.
import { useEffect } from "react";
import { useSandbox } from "../state/useSandbox.js";
import { Icon } from "./Icon.jsx";

const SHOWN_MS = 7000;

function Toast({ toast, onClose }) {
  useEffect(() => {
    const timer = setTimeout(onClose, SHOWN_MS);
    return () => clearTimeout(timer);
  }, []);
  const isError = toast.level === "error";
  return (
    <div className={`toast toast--${toast.level}`} role={isError ? "alert" : "status"}>
      <span>{toast.text}</span>
      <button type="button" className="icon-button" aria-label="Dismiss" onClick={onClose}>
        <Icon name="close" />
      </button>
    </div>
  );
}

export function Toasts() {
  const { toasts, closeToast } = useSandbox();
  return (
    <div className="toasts">
      {toasts.map((toast) => (
        <Toast key={toast.id} toast={toast} onClose={() => closeToast(toast.id)} />
      ))}
    </div>
  );
}
