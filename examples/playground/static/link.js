// The text in the fragment of a link, which browsers send to nobody.
const most = 4 << 20; // a short link may unpack to very much

async function through(stream, transform) {
  const reader = stream.pipeThrough(transform).getReader(), parts = [];
  for (let size = 0, part; !(part = await reader.read()).done;) {
    if ((size += part.value.length) > most) throw new Error("the text is longer than 4 MiB");
    parts.push(part.value);
  }
  return new Blob(parts);
}

/** Packs a value of JSON into a fragment. */
export async function pack(value) {
  const blob = await through(new Blob([JSON.stringify(value)]).stream(), new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return btoa(Array.from(bytes, b => String.fromCharCode(b)).join("")).replaceAll("+", "-").replaceAll("/", "_");
}

/** Unpacks it. */
export async function unpack(fragment) {
  const bytes = Uint8Array.from(atob(fragment.replaceAll("-", "+").replaceAll("_", "/")), c => c.charCodeAt(0));
  const blob = await through(new Blob([bytes]).stream(), new DecompressionStream("deflate-raw"));
  return JSON.parse(await blob.text());
}
