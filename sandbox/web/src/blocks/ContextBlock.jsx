// A context block: small grey texts and images in a row.
import { RichText } from "./RichText.jsx";

export function ContextBlock({ block }) {
  return (
    <div className="context" id={block.block_id}>
      {block.elements.map((element, index) =>
        element.type === "image" ? (
          <img key={index} className="context__image" src={element.image_url} alt={element.alt_text} />
        ) : (
          <RichText text={element} key={index} />
        ),
      )}
    </div>
  );
}
