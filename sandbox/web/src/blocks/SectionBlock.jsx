// A section: text, fields in two columns, an accessory at the right.
import { ElementOf } from "./ElementOf.jsx";
import { RichText } from "./RichText.jsx";

export function SectionBlock({ block }) {
  return (
    <div className="section" id={block.block_id}>
      <div className="section__main">
        {block.text && <RichText text={block.text} />}
        {block.fields && (
          <div className="section__fields">
            {block.fields.map((field, index) => (
              <RichText text={field} key={index} />
            ))}
          </div>
        )}
      </div>
      {block.accessory && (
        <div className="section__accessory">
          <ElementOf block={block} element={block.accessory} />
        </div>
      )}
    </div>
  );
}
