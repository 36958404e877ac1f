// One input element, drawn by ourselves: `state` in, `onChange(new state)` out.
import { canHold } from "./elementState.js";
import { Choices } from "./Choices.jsx";
import { PlaceSelect } from "./PlaceSelect.jsx";
import { Select } from "./Select.jsx";
import { TextInput } from "./TextInput.jsx";

const drawnBy = {
  plain_text_input: TextInput,
  email_text_input: TextInput,
  url_text_input: TextInput,
  number_input: TextInput,
  datepicker: TextInput,
  timepicker: TextInput,
  static_select: Select,
  external_select: Select,
  multi_static_select: Select,
  multi_external_select: Select,
  radio_buttons: Choices,
  checkboxes: Choices,
  users_select: PlaceSelect,
  channels_select: PlaceSelect,
  conversations_select: PlaceSelect,
};

export const isInput = canHold;

/** Props: element, label, state, onChange, loadOptions(text), onEnter?, id?, describedBy?, invalid?. */
export function Element(props) {
  const Drawn = drawnBy[props.element.type];
  return <Drawn {...props} />;
}
