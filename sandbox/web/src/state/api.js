// The control paths, one function each; all on the page's own origin.

export class SandboxError extends Error {
  constructor(code, message, status) {
    super(message);
    this.name = "SandboxError";
    this.code = code;
    this.status = status;
  }
}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(`/_sandbox/${path}`, options);
  } catch {
    throw new SandboxError("unreachable", "The sandbox does not answer. Is it still running?", 0);
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    const message = answer.message || `The sandbox answered ${response.status}.`;
    throw new SandboxError(answer.error || "failed", message, response.status);
  }
  return answer;
}

const query = (values) => new URLSearchParams(values).toString();
const get = (path, values = {}) => ask(`${path}?${query(values)}`);
const post = (path, body) =>
  ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Sandbox": "1" },
    body: JSON.stringify(body),
  });

export const api = {
  state: (user) => get("state", user ? { user } : {}),
  messages: (user, channel) => get("messages", { channel, user }),
  home: (user) => get("home", { user }),
  view: (user) => get("view", { user }),
  traffic: (after = 0) => get("traffic", { after }),
  faults: () => get("faults"),
  command: (body) => post("command", body),
  message: (body) => post("message", body),
  action: (body) => post("action", body),
  options: (body) => post("options", body),
  submit: (body) => post("submit", body),
  close: (body) => post("close", body),
  shortcut: (body) => post("shortcut", body),
  openHome: (body) => post("home", body),
  setFaults: (body) => post("faults", body),
  reset: () => post("reset", {}),
  advanceClock: (seconds) => post("clock", { advance: seconds }),
};

/** Listens to one user's events until the returned function is called. EventSource reconnects by itself. */
export function listen(user, onEvent, onConnection) {
  const source = new EventSource(`/_sandbox/events?${query({ user })}`);
  source.onopen = () => onConnection(true);
  source.onerror = () => onConnection(false);
  source.onmessage = (event) => onEvent(JSON.parse(event.data));
  return () => source.close();
}
