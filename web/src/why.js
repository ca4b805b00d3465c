// The fields of the form, by their ids, and the flags of the command line that they stand for. A list has a value in
// each line, or between commas.
const flags = {
  cookies: "cookie", headers: "header", method: "method", body: "body-size", down: "down", marked: "marked",
  next: "next", persistence: "persistence", assume: "assume", platform: "platform", level: "plugin-level",
  requests: "requests", every: "every",
};

const lines = (text) => text.split("\n").map((s) => s.trim()).filter(Boolean);
const words = (text) => text.split(/[\n,]/).map((s) => s.trim()).filter(Boolean);

// values are those of a field: none where it is empty.
function values(fields, id) {
  const text = fields[id] || "";
  if (id === "cookies" || id === "headers") return lines(text);
  if (id === "down" || id === "marked" || id === "assume") return words(text);
  return text.trim() ? [text.trim()] : [];
}

// whyQuestion makes the question of the fields; it throws where a number is none.
export function whyQuestion(fields) {
  const number = (id, otherwise) => {
    const [text] = values(fields, id);
    const n = text === undefined ? otherwise : Number(text);
    if (!Number.isFinite(n)) throw new Error(`--${flags[id]} ${JSON.stringify(text)}: want a number`);
    return n;
  };
  const integer = (id, otherwise) => {
    const n = number(id, otherwise);
    if (!Number.isSafeInteger(n)) throw new Error(`--${flags[id]} ${n}: want a whole number`);
    return n;
  };
  const [persistence] = values(fields, "persistence");
  return {
    Why: {
      Request: {
        URL: (fields.url || "").trim(), Cookies: values(fields, "cookies"), Headers: values(fields, "headers"),
        Method: values(fields, "method")[0] || "GET", BodySize: integer("body", 0),
      },
      Members: { Down: values(fields, "down"), Marked: values(fields, "marked"), Next: values(fields, "next") },
      Plugin: {
        Assume: values(fields, "assume"), Platform: values(fields, "platform")[0] || "",
        Level: values(fields, "level")[0] || "",
      },
      Sessions: persistence ? { Settings: { Persistence: persistence, Replicas: 1 } } : {},
      Times: integer("requests", 1), Every: number("every", 0),
    },
  };
}

// commandLine is the question as a shell takes it.
export function commandLine(fields) {
  const quoted = (s) => (/^[\w@%+=:,./-]+$/.test(s) ? s : `'${s.replaceAll("'", `'\\''`)}'`);
  const parts = ["wasplug", "why", "-c", "plugin-cfg.xml"];
  for (const [id, flag] of Object.entries(flags)) {
    for (const value of values(fields, id)) parts.push("--" + flag, quoted(value));
  }
  parts.push(quoted((fields.url || "").trim()));
  return parts.join(" ");
}
