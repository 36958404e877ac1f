// A panel at the right (over everything on a phone): a thread, the traffic, the faults.
import { Icon } from "./Icon.jsx";

export function SidePanel({ title, note, onClose, children }) {
  return (
    <aside className="panel" aria-label={title}>
      <header className="panel__header">
        <h2>{title}</h2>
        {note && <span className="panel__note">{note}</span>}
        <button type="button" className="icon-button" aria-label={`Close ${title.toLowerCase()}`} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      {children}
    </aside>
  );
}
