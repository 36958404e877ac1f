// The state of an input element as Slack sends it in view.state.values, and what an action sends of it.

const makers = {
  plain_text_input: (e) => ({ value: e.initial_value ?? null }),
  email_text_input: (e) => ({ value: e.initial_value ?? null }),
  url_text_input: (e) => ({ value: e.initial_value ?? null }),
  number_input: (e) => ({ value: e.initial_value ?? null }),
  static_select: (e) => ({ selected_option: e.initial_option ?? null }),
  external_select: (e) => ({ selected_option: e.initial_option ?? null }),
  radio_buttons: (e) => ({ selected_option: e.initial_option ?? null }),
  checkboxes: (e) => ({ selected_options: e.initial_options ?? [] }),
  multi_static_select: (e) => ({ selected_options: e.initial_options ?? [] }),
  multi_external_select: (e) => ({ selected_options: e.initial_options ?? [] }),
  datepicker: (e) => ({ selected_date: e.initial_date ?? null }),
  timepicker: (e) => ({ selected_time: e.initial_time ?? null }),
  users_select: (e) => ({ selected_user: e.initial_user ?? null }),
  channels_select: (e) => ({ selected_channel: e.initial_channel ?? null }),
  conversations_select: (e) => ({ selected_conversation: e.initial_conversation ?? null }),
};

export const canHold = (element) => element.type in makers;

export const initialState = (element) => ({ type: element.type, ...makers[element.type](element) });

/** The one value inside a state: text, an option, a list of options, or null. */
export function sentValue(state) {
  const { type, ...rest } = state;
  return Object.values(rest)[0];
}

export function isEmpty(state) {
  const value = sentValue(state);
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

/** Every element of a view that holds a state, as [block, element] pairs. */
export function heldElements(view) {
  return (view.blocks || []).flatMap((block) => {
    const elements = [block.element, block.accessory, ...(block.type === "actions" ? block.elements : [])];
    return elements.filter((element) => element && canHold(element)).map((element) => [block, element]);
  });
}

/** {block_id: {action_id: state}} of a view; what was typed before stays where block_id, action_id and type stay. */
export function viewValues(view, before = {}) {
  const values = {};
  for (const [block, element] of heldElements(view)) {
    const known = before[block.block_id]?.[element.action_id];
    const state = known?.type === element.type ? known : initialState(element);
    values[block.block_id] = { ...values[block.block_id], [element.action_id]: state };
  }
  return values;
}
