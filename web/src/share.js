const mark = "#1="; // the form of the link: a later one has another number
const most = 16 << 20; // characters that a link may unpack to

// linkOf packs a state into the fragment of a link, which no browser sends to a server. What belongs to users is
// shortened first.
export async function linkOf(state) {
  const packed = new Blob([JSON.stringify(withoutSecrets(state))]).stream()
    .pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  let text = "";
  for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  const fragment = btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return location.href.split("#")[0] + mark + fragment;
}

// stateOf unpacks the fragment of a link; null where it has none of ours. It throws where the link is damaged.
export async function stateOf(fragment) {
  if (!fragment.startsWith(mark)) return null;
  const text = atob(fragment.slice(mark.length).replaceAll("-", "+").replaceAll("_", "/"));
  const unpacked = new Blob([Uint8Array.from(text, (c) => c.charCodeAt(0))]).stream()
    .pipeThrough(new DecompressionStream("deflate-raw")).pipeThrough(new TextDecoderStream());
  let json = "";
  for (const reader = unpacked.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    json += value;
    if (json.length > most) throw new Error("it unpacks to more than 16 million characters");
  }
  return JSON.parse(json);
}

// withoutSecrets shortens session IDs to their first four characters and leaves out queries and the headers that no
// rule decides by, as all reports of wasplug that are passed on do. None of them decides who gets the request.
export function withoutSecrets(state) {
  const fields = { ...state.fields };
  const eachLine = (text, change) => (text || "").split("\n").map(change).filter(Boolean).join("\n");
  const session = (s) => s.trim().replace(/^([^\s=;]+=)?([^\s=:;!+]{4})[^\s=:;!+]+/, "$1$2");
  const cookies = (line) => line.split(";").map(session).join("; ");
  fields.cookies = eachLine(fields.cookies, cookies);
  fields.url = (fields.url || "").replace(/\?.*$/, "").replace(/;[^/;]*/g, (part) => ";" + session(part.slice(1)));
  fields.headers = eachLine(fields.headers, (line) => {
    const [, name, value] = /^([^:]*):(.*)$/.exec(line) || [];
    if (/^cookie$/i.test(name)) return `${name}: ${cookies(value)}`;
    return /^host$/i.test(name) ? line : "";
  });
  return { ...state, fields };
}
