// A button that opens a menu: by mouse, by touch, and by keyboard (arrows, Escape).
import { useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";

const MENU_WIDTH = 280;

function useMenuPlace(button, isOpen) {
  if (!isOpen || !button.current) return null;
  const box = button.current.getBoundingClientRect();
  const wanted = box.left < window.innerWidth / 2 ? box.left : box.right - MENU_WIDTH;
  const left = Math.max(8, Math.min(wanted, window.innerWidth - MENU_WIDTH - 8));
  const isLow = box.bottom > window.innerHeight * 0.6;
  const vertical = isLow ? { bottom: window.innerHeight - box.top + 4 } : { top: box.bottom + 4 };
  return { left, width: MENU_WIDTH, ...vertical };
}

function MenuList({ label, items, style, onClose }) {
  const list = useRef(null);
  useEffect(() => {
    list.current.querySelector("[role=menuitem]")?.focus();
    const onOutside = (event) => {
      if (!list.current?.contains(event.target)) onClose();
    };
    document.addEventListener("pointerdown", onOutside);
    return () => document.removeEventListener("pointerdown", onOutside);
  }, [onClose]);
  const onKeyDown = (event) => {
    if (event.key === "Escape" || event.key === "Tab") onClose(true);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...list.current.querySelectorAll("[role=menuitem]")];
    all[(all.indexOf(document.activeElement) + step + all.length) % all.length]?.focus();
  };
  return (
    <div className="menu" role="menu" aria-label={label} ref={list} style={style} onKeyDown={onKeyDown}>
      {items.length === 0 && <div className="menu__empty">Nothing here</div>}
      {items.map((item) => (
        <button
          type="button"
          role="menuitem"
          className="menu__item"
          key={item.key}
          onClick={() => {
            onClose(true);
            item.onPick();
          }}
        >
          <span className="menu__label">{item.label}</span>
          {item.note && <span className="menu__note">{item.note}</span>}
        </button>
      ))}
    </div>
  );
}

/** `items`: [{key, label, note?, onPick}]. */
export function Menu({ label, items, className = "", children }) {
  const [isOpen, setOpen] = useState(false);
  const button = useRef(null);
  const style = useMenuPlace(button, isOpen);
  const close = useRef((refocus) => {
    setOpen(false);
    if (refocus === true) button.current?.focus();
  }).current;
  return (
    <>
      <button
        type="button"
        ref={button}
        className={`icon-button ${className}`}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onPointerDown={(event) => isOpen && event.stopPropagation()}
        onClick={() => setOpen((before) => !before)}
      >
        {children}
      </button>
      {isOpen && createPortal(<MenuList label={label} items={items} style={style} onClose={close} />, button.current.closest("dialog") || document.body)}
    </>
  );
}
