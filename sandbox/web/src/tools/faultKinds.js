// The sandbox's faults: what each does, and the parameters that it takes. `times: 0` switches one off.

const methods = { key: "methods", label: "Web API methods", type: "methods", initial: ["*"] };
const times = { key: "times", label: "How often", type: "number", initial: 1, min: 1 };

export const faultKinds = [
  {
    key: "rate_limit",
    name: "Rate limit",
    text: "Web API calls get 429 with Retry-After.",
    fields: [methods, { key: "retry_after", label: "Retry after (s)", type: "number", initial: 2, min: 0 }, times],
  },
  {
    key: "server_error",
    name: "Server error",
    text: "Web API calls fail.",
    fields: [methods, { key: "status", label: "Status", type: "number", initial: 500, min: 500 }, times],
  },
  {
    key: "slow",
    name: "Slow answers",
    text: "Web API calls take their time.",
    fields: [methods, { key: "seconds", label: "Seconds", type: "number", initial: 1.5, min: 0 }, times],
  },
  {
    key: "redeliver",
    name: "Redelivery",
    text: "The next request comes again with X-Slack-Retry headers.",
    fields: [times, { key: "reason", label: "Reason", type: "text", initial: "http_timeout" }],
  },
  { key: "duplicate", name: "Duplicate delivery", text: "The next request comes twice, freshly signed.", fields: [times] },
  { key: "expire_trigger", name: "Expired trigger", text: "views.open gets expired_trigger_id.", fields: [times] },
  { key: "response_url_dead", name: "Dead response URL", text: "The response URL answers 404.", fields: [times] },
  { key: "invalid_blocks", name: "Invalid blocks", text: "The next blocks are refused.", fields: [times] },
  { key: "revoked_token", name: "Revoked token", text: "Every call gets token_revoked.", fields: [] },
];

export const isOn = (kind, value) => (kind.key === "revoked_token" ? Boolean(value) : Boolean(value && value.times > 0));

export const initialFields = (kind, value) =>
  Object.fromEntries(kind.fields.map((field) => [field.key, (isOn(kind, value) ? value[field.key] : undefined) ?? field.initial]));

/** The body of POST faults that switches a kind on or off. */
export function faultBody(kind, on, fields) {
  if (!kind.fields.length) return { [kind.key]: on };
  return { [kind.key]: on ? fields : { ...fields, times: 0 } };
}
