// What is typed into a view, kept while the app updates it.
import { useMemo, useState } from "react";
import { heldElements, initialState, isEmpty, viewValues } from "../inputs/elementState.js";

const REQUIRED = "Please complete this required field.";

/** {values, errors, get, set, missing}: missing() gives {block_id: sentence} of required fields left empty. */
export function useForm(view, appErrors) {
  const [typed, setTyped] = useState(() => view.state?.values || {}); // what the sandbox knows from before
  const [ownErrors, setOwnErrors] = useState({});
  const values = useMemo(() => viewValues(view, typed), [view, typed]);
  return {
    values,
    errors: { ...appErrors, ...ownErrors },
    get: (blockId, actionId) => values[blockId]?.[actionId],
    set: (blockId, actionId, state) => {
      setTyped((before) => ({ ...before, [blockId]: { ...before[blockId], [actionId]: state } }));
      setOwnErrors(({ [blockId]: gone, ...rest }) => rest);
    },
    missing: () => {
      const empty = heldElements(view).filter(
        ([block, element]) =>
          block.type === "input" && !block.optional && isEmpty(values[block.block_id]?.[element.action_id] || initialState(element)),
      );
      const errors = Object.fromEntries(empty.map(([block]) => [block.block_id, REQUIRED]));
      setOwnErrors(errors);
      return errors;
    },
  };
}
