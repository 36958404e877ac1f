// Which user, channel and thread are shown: kept in the address (#user=U1&place=C1&thread=1.2) so that a reload stays.
import { useCallback, useEffect, useState } from "react";

const read = () => Object.fromEntries(new URLSearchParams(window.location.hash.slice(1)));

/** Gives [{user?, place?, thread?}, change]; `place` is a channel id, "home" or "messages". */
export function useRoute() {
  const [route, setRoute] = useState(read);
  useEffect(() => {
    const follow = () => setRoute(read());
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, []);
  const change = useCallback((part) => {
    const next = Object.fromEntries(Object.entries({ ...read(), ...part }).filter(([, value]) => value));
    window.history.replaceState(null, "", `#${new URLSearchParams(next)}`);
    setRoute(next);
  }, []);
  return [route, change];
}
