const mark = "#1="; // the form of the link: a later one has another number
const most = 16 << 20; // characters that a link may unpack to

// linkOf packs a state into the fragment of a link, which no browser sends to a server. What belongs to users is
// shortened first.
export async function linkOf(state) {
  const packed = new Blob([JSON.stringify(withoutSecrets(state))]).stream()
    .pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  let text = "";
  // in pieces, as each byte is an argument of the call
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
  // A link comes from strangers: a few characters of it may unpack to more than a browser can hold.
  for (const reader = unpacked.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    json += value;
    if (json.length > most) throw new Error("it unpacks to more than 16 million characters");
  }
  return JSON.parse(json);
}

// withoutSecrets leaves out what belongs to users, as all reports of wasplug that are passed on do: cookies that no
// rule reads, the user of a URL, queries, headers that decide nothing, and of a session ID all but four characters.
// None of it decides who gets the request. What it has made it leaves as it is.
export function withoutSecrets({ text = "", fields = {} }) {
  const cookieNames = namesIn(text, "AffinityCookie", "JSESSIONID");
  const parameterNames = namesIn(text, "AffinityURLIdentifier", "jsessionid");
  const cookies = (line) => line.replace(/^\s*cookie:/i, "").split(";").map((c) => cookie(c.trim(), cookieNames))
    .filter(Boolean).join("; ");
  const header = (line) => {
    const [, name, value] = /^([^:]*):(.*)$/.exec(line) || [];
    if (/^cookie$/i.test(name)) return cookies(value) && `${name}: ${cookies(value)}`;
    return /^host$/i.test(name) ? line : "";
  };
  const eachLine = (lines, change) => (lines || "").split("\n").map(change).filter(Boolean).join("\n");
  const url = (fields.url || "").replace(/[?#].*$/s, "").replace(/^([^/]*\/\/)?[^/]*@/, "$1")
    .replace(/;[^/;]*/g, (part) => ";" + parameter(part.slice(1), parameterNames));
  return { text, fields: { ...fields, url, cookies: eachLine(fields.cookies, cookies),
    headers: eachLine(fields.headers, header) } };
}

// namesIn are the values that an attribute has in a file, and the one that holds where it has none.
function namesIn(text, attribute, otherwise) {
  const values = text.matchAll(new RegExp(`\\b${attribute}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, "g"));
  return new Set([otherwise, ...Array.from(values, ([, double, single]) => double ?? single)]);
}

// cookie shortens the ID of a session, a value without a name among them, and is empty for all other cookies.
function cookie(text, names) {
  const { name, value } = split(text);
  if (name === "" ? !/^\d{4}\S*$/.test(value) : !names.has(name.slice(0, -1))) return "";
  return name + session(value);
}

// parameter shortens one of a path: it may be a part of what a Uri matches, so it is not left out.
function parameter(text, names) {
  const { name, value } = split(text);
  return name + (names.has(name.slice(0, -1)) ? session(value) : value.slice(0, 4));
}

// split parts a name, with its "=", and a value.
function split(text) {
  const at = text.indexOf("=") + 1;
  return { name: text.slice(0, at), value: text.slice(at) };
}

// session leaves four characters of an ID, whatever they are (R21), and the clone IDs behind it.
const session = (value) => value.replace(/^("?.{4})[^:!+]*/, "$1");
