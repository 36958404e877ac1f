// What the page knows, and how each answer or event changes it.

export const emptyState = {
  boot: null, // GET state
  loads: 0, // how often boot was fetched: after each one the shown channel is fetched anew
  connected: null, // null: not yet
  failure: "", // why the page could not start
  messages: {}, // channel id -> messages, oldest first
  unread: {}, // channel id -> true
  view: null, // the modal on top of the stack
  viewErrors: {}, // block id -> sentence
  home: null,
  traffic: [],
  toasts: [],
  asides: [], // sentences shown inside a channel, as Slackbot does: {id, channel, ts, text}
  sending: [], // commands on their way: {id, channel, text}
};

const oldestFirst = (a, b) => Number(a.ts) - Number(b.ts);
const TRAFFIC_KEPT = 500;

function upsert(list = [], message) {
  return [...list.filter((known) => known.ts !== message.ts), message].sort(oldestFirst);
}

function loaded(known = [], fetched) {
  // An event may overtake the fetch that was under way: keep what is newer than its answer.
  const last = fetched.length ? Number(fetched[fetched.length - 1].ts) : 0;
  const present = new Set(fetched.map((message) => message.ts));
  return [...fetched, ...known.filter((m) => Number(m.ts) > last && !present.has(m.ts))].sort(oldestFirst);
}

function withTraffic(entries, fresh) {
  const byNumber = new Map(entries.map((entry) => [entry.n, entry]));
  for (const entry of fresh) byNumber.set(entry.n, entry);
  return [...byNumber.values()].sort((a, b) => a.n - b.n).slice(-TRAFFIC_KEPT);
}

function messageEvent(state, event) {
  const { channel, message } = event;
  const known = state.messages[channel];
  if (event.type === "message_deleted") {
    const rest = (known || []).filter((m) => m.ts !== message.ts);
    return { ...state, messages: { ...state.messages, [channel]: rest } };
  }
  const isNews = event.type === "message" && event.away;
  return {
    ...state,
    messages: { ...state.messages, [channel]: upsert(known, message) },
    unread: isNews ? { ...state.unread, [channel]: true } : state.unread,
  };
}

function viewEvent(state, event) {
  if (event.type === "view_closed") {
    const closesShown = !event.view || !state.view || event.view.id === state.view.id;
    return closesShown ? { ...state, view: null, viewErrors: {} } : state;
  }
  if (event.type === "view_updated" && state.view && event.view.id !== state.view.id) return state;
  return { ...state, view: event.view, viewErrors: event.errors || {} };
}

const without = (list, id) => list.filter((item) => item.id !== id);

const changes = {
  started: (state, { boot }) => ({ ...state, boot, failure: "", messages: {}, loads: state.loads + 1 }),
  failed: (state, { text }) => ({ ...state, failure: text }),
  connection: (state, { up }) => ({ ...state, connected: up }),
  emptied: (state) => ({ ...state, messages: {}, unread: {}, asides: [], home: null, view: null, traffic: [] }),
  messages_loaded: (state, { channel, list }) => ({
    ...state,
    messages: { ...state.messages, [channel]: loaded(state.messages[channel], list) },
  }),
  read: (state, { channel }) =>
    state.unread[channel] ? { ...state, unread: { ...state.unread, [channel]: false } } : state,
  message: messageEvent,
  message_changed: messageEvent,
  message_deleted: messageEvent,
  view_opened: viewEvent,
  view_updated: viewEvent,
  view_closed: viewEvent,
  view_found: (state, { view }) => ({ ...state, view, viewErrors: view ? state.viewErrors : {} }),
  view_errors: (state, { errors }) => ({ ...state, viewErrors: errors }),
  home: (state, { view }) => ({ ...state, home: view }),
  traffic: (state, { entry }) => ({ ...state, traffic: withTraffic(state.traffic, [entry]) }),
  traffic_loaded: (state, { entries }) => ({ ...state, traffic: withTraffic(state.traffic, entries) }),
  toast: (state, { toast }) => ({ ...state, toasts: [...state.toasts, toast].slice(-3) }),
  toast_closed: (state, { id }) => ({ ...state, toasts: without(state.toasts, id) }),
  aside: (state, { aside }) => ({ ...state, asides: [...state.asides, aside] }),
  aside_closed: (state, { id }) => ({ ...state, asides: without(state.asides, id) }),
  sending: (state, { item }) => ({ ...state, sending: [...state.sending, item] }),
  sent: (state, { id }) => ({ ...state, sending: without(state.sending, id) }),
};

export function reduce(state, change) {
  const apply = changes[change.type];
  return apply ? apply(state, change) : state; // an event of a newer sandbox is no reason to break
}
