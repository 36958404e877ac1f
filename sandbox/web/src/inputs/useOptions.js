// The options of a select: its own, filtered by what is typed, or asked from the app while typing.
import { useEffect, useState } from "react";
import { plain } from "../blocks/plain.js";

const PAUSE_MS = 250; // Slack too waits for a pause in typing
const SLACK_MINIMUM = 3; // characters before Slack asks, unless min_query_length says otherwise

const groupsOf = ({ options, option_groups: groups }) => groups || [{ options: options || [] }];

function filtered(element, query) {
  const wanted = query.trim().toLowerCase();
  const keep = (option) => plain(option.text).toLowerCase().includes(wanted);
  return groupsOf(element)
    .map((group) => ({ ...group, options: group.options.filter(keep) }))
    .filter((group) => group.options.length);
}

/** {groups: [{label?, options}], hint}: hint is a sentence shown in place of the list, or "". */
export function useOptions(element, query, isOpen, loadOptions) {
  const isExternal = element.type.endsWith("external_select");
  const minimum = element.min_query_length ?? SLACK_MINIMUM;
  const [answer, setAnswer] = useState({ groups: [], hint: "" });
  useEffect(() => {
    if (!isExternal || !isOpen) return undefined;
    if (query.length < minimum) {
      setAnswer({ groups: [], hint: `Type ${minimum} or more characters to search` });
      return undefined;
    }
    let current = true;
    setAnswer((before) => ({ ...before, hint: before.groups.length ? "" : "Searching…" }));
    const timer = setTimeout(async () => {
      const next = await loadOptions(query).then(
        (found) => ({ groups: groupsOf(found).filter((group) => group.options.length), hint: "" }),
        () => ({ groups: [], hint: "The options could not be loaded" }),
      );
      if (current) setAnswer(next.groups.length || next.hint ? next : { groups: [], hint: "No results" });
    }, PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
    // loadOptions is a new function at each drawing and never the reason to ask again
  }, [isExternal, isOpen, query, minimum]);
  if (isExternal) return answer;
  const groups = filtered(element, query);
  return { groups, hint: groups.length ? "" : "No results" };
}
