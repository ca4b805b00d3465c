const declared = /^<\?xml[^>]*encoding\s*=\s*["']iso-8859-1["']/i;
const stretch = 1024; // bytes

// bytesOf returns the bytes of a text as its declaration has them: ISO-8859-1 where it says so and that is possible,
// else UTF-8.
export function bytesOf(text) {
  if (declared.test(text.slice(0, 200)) && !/[^\u0000-\u00ff]/.test(text)) {
    return Uint8Array.from(text, (c) => c.charCodeAt(0));
  }
  return new TextEncoder().encode(text);
}

// textOf returns the text of the bytes of a file, and a note where they are not what they seem.
// What is not UTF-8 is read as ISO-8859-1, which gives each byte a character, so that no file is refused here.
export function textOf(bytes) {
  const marked = { "255,254": "utf-16le", "254,255": "utf-16be" }[bytes.slice(0, 2).join()];
  if (marked) {
    return { text: new TextDecoder(marked).decode(bytes), note: "The file was UTF-16; it is checked as UTF-8." };
  }
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), note: "" };
  } catch {
    const text = Array.from(bytes, (b) => String.fromCharCode(b)).join("");
    const fits = declared.test(text.slice(0, 200));
    return { text, note: fits ? "" : "The file is not UTF-8; it was read as ISO-8859-1 and is checked as UTF-8." };
  }
}

// placesOf returns what turns a place among these bytes into one of the text that they are of.
// A text counts in UTF-16 units, of which a character of four bytes has two. Only each stretch-th place is kept, as a
// file may have megabytes and findings are few.
export function placesOf(text, bytes) {
  if (bytes.length === text.length) return (place) => place; // a byte for each character
  const before = [0]; // how many characters of the text stand before each stretch
  let characters = 0;
  const width = (b) => (b >= 0xf0 ? 2 : b < 0x80 || b >= 0xc0 ? 1 : 0); // in the text, of what begins with this byte
  for (let i = 0; i < bytes.length; i++) {
    characters += width(bytes[i]);
    if ((i + 1) % stretch === 0) before.push(characters);
  }
  return (place) => {
    const whole = Math.floor(place / stretch);
    let at = before[whole];
    for (let i = whole * stretch; i < place; i++) at += width(bytes[i]);
    return at;
  };
}
