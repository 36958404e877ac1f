// Places a list right under its field (or above it, where there is no room) so that no scrolling box cuts it off.
import { useLayoutEffect, useState } from "react";

const GAP = 4;
const WANTED = 280;
const NARROWEST = 260;

/** A style for position: fixed, or null while closed. */
export function useFloating(anchor, isOpen) {
  const [style, setStyle] = useState(null);
  useLayoutEffect(() => {
    if (!isOpen) {
      setStyle(null);
      return undefined;
    }
    const place = () => {
      const box = anchor.current.getBoundingClientRect();
      const below = window.innerHeight - box.bottom - 2 * GAP;
      const above = box.top - 2 * GAP;
      const side = below >= Math.min(WANTED, above) ? { top: box.bottom + GAP } : { bottom: window.innerHeight - box.top + GAP };
      const room = "top" in side ? below : above;
      const width = Math.max(box.width, Math.min(NARROWEST, window.innerWidth - 2 * GAP));
      const left = Math.max(GAP, Math.min(box.left, window.innerWidth - width - GAP));
      setStyle({ ...side, left, width, maxHeight: Math.min(WANTED, room) });
    };
    place();
    window.addEventListener("resize", place);
    window.addEventListener("scroll", place, true);
    return () => {
      window.removeEventListener("resize", place);
      window.removeEventListener("scroll", place, true);
    };
  }, [anchor, isOpen]);
  return style;
}
