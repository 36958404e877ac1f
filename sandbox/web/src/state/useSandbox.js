// Ties the reducer to the control paths: one object with the state and everything a person can do.
import { createContext, useCallback, useContext, useEffect, useMemo, useReducer, useRef } from "react";
import { api, listen } from "./api.js";
import { channelOf } from "./directory.js";
import { emptyState, reduce } from "./reducer.js";

export const Sandbox = createContext(null);
export const useSandbox = () => useContext(Sandbox);

let lastId = 0;
const freshId = () => ++lastId;

/** Loads everything that belongs to one user and follows that user's events. `place` is what is on screen. */
export function useSandboxState(user, place) {
  const [state, dispatch] = useReducer(reduce, emptyState);
  const shownChannel = state.boot ? channelOf(state.boot, user, place)?.id : undefined;
  const shown = useRef(shownChannel);
  shown.current = shownChannel;

  const toast = useCallback((text, level = "error") => {
    dispatch({ type: "toast", toast: { id: freshId(), level, text } });
  }, []);

  const onNotice = useCallback(
    (notice) => {
      const channel = notice.channel || (notice.text.startsWith("/") && shown.current);
      if (!channel) return toast(notice.text, notice.level);
      const ts = String(Date.now() / 1000);
      dispatch({ type: "aside", aside: { id: freshId(), channel, ts, text: notice.text, level: notice.level } });
    },
    [toast],
  );

  const onEvent = useCallback(
    (event) => {
      if (event.type === "notice") onNotice(event);
      else dispatch({ ...event, away: event.channel !== shown.current });
      if (event.type === "view_closed") {
        api.view(user).then(({ view }) => view && dispatch({ type: "view_found", view }), () => {});
      }
    },
    [onNotice, user],
  );

  const load = useCallback(async () => {
    try {
      const boot = await api.state(user);
      dispatch({ type: "started", boot });
      const [{ view }, { entries }] = await Promise.all([api.view(user), api.traffic(0)]);
      dispatch({ type: "view_found", view });
      dispatch({ type: "traffic_loaded", entries });
    } catch (error) {
      dispatch({ type: "failed", text: error.message });
    }
  }, [user]);

  const loadMessages = useCallback(
    async (channel) => {
      const { messages } = await api.messages(user, channel);
      dispatch({ type: "messages_loaded", channel, list: messages });
    },
    [user],
  );

  useEffect(() => {
    load();
  }, [load]);

  useEffect(() => {
    let wasDown = false;
    return listen(user, onEvent, (up) => {
      dispatch({ type: "connection", up });
      if (up && wasDown) load();
      wasDown = !up;
    });
  }, [user, onEvent, load]);

  useEffect(() => {
    if (!state.loads || !shownChannel) return;
    dispatch({ type: "read", channel: shownChannel });
    loadMessages(shownChannel).catch((error) => toast(error.message));
  }, [state.loads, shownChannel, loadMessages, toast]);

  const actions = useMemo(() => deeds(user, dispatch, onNotice, load), [user, onNotice, load]);
  return useMemo(() => ({ ...state, ...actions, toast, userId: user }), [state, actions, toast, user]);
}

/** Everything a person can do. A failure becomes a notice; the promise then gives undefined. */
function deeds(user, dispatch, onNotice, load) {
  const attempt = async (work, channel) => {
    try {
      return await work();
    } catch (error) {
      onNotice({ text: error.message, level: "error", channel });
      return undefined;
    }
  };
  const command = async (channel, text, thread) => {
    const id = freshId();
    dispatch({ type: "sending", item: { id, channel, text } });
    const body = { user, channel, text, ...(thread ? { thread_ts: thread } : {}) };
    await attempt(() => api.command(body), channel);
    dispatch({ type: "sent", id });
  };
  const post = (channel, text, thread) =>
    attempt(() => api.message({ user, channel, text, ...(thread ? { thread_ts: thread } : {}) }));
  return {
    say: (channel, text, thread) =>
      text.startsWith("/") ? command(channel, text, thread) : post(channel, text, thread),
    act: (body) => attempt(() => api.action({ user, ...body })),
    options: (body) => api.options({ user, ...body }),
    shortcut: (body) => attempt(() => api.shortcut({ user, ...body })),
    openHome: () =>
      attempt(async () => {
        const { view } = await api.openHome({ user });
        dispatch({ type: "home", view: view ?? (await api.home(user)).view });
      }),
    submit: (viewId, values) => api.submit({ user, view_id: viewId, state: values }),
    showViewErrors: (errors) => dispatch({ type: "view_errors", errors }),
    closeView: (viewId) =>
      attempt(async () => {
        await api.close({ user, view_id: viewId });
        dispatch({ type: "view_found", view: (await api.view(user)).view });
      }),
    setFaults: (body) => attempt(() => api.setFaults(body)),
    advanceClock: (seconds) => attempt(() => api.advanceClock(seconds)),
    reset: () =>
      attempt(async () => {
        await api.reset();
        dispatch({ type: "emptied" });
        await load();
      }),
    closeToast: (id) => dispatch({ type: "toast_closed", id }),
    closeAside: (id) => dispatch({ type: "aside_closed", id }),
  };
}
