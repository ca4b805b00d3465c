import assert from "node:assert/strict";
import test from "node:test";
import { linkOf, stateOf, withoutSecrets } from "../src/share.js";

const text = `<Uri AffinityCookie="SHOP" Name="/*"/>
<Uri Name='/x' AffinityURLIdentifier = 'shopid' AffinityCookie='S2'/>`;
const nothing = { url: "", cookies: "", headers: "" };

// What is typed, and what of it a link has.
for (const [typed, want] of [
  [{ cookies: "JSESSIONID=0000abcdef:shop1a" }, { cookies: "JSESSIONID=0000:shop1a" }],
  [{ cookies: "0000abcdef:shop1a:b" }, { cookies: "0000:shop1a:b" }],
  [{ cookies: "0000abcdef" }, { cookies: "0000" }],
  [{ cookies: "JSESSIONID=a:b+secret:c1" }, { cookies: "JSESSIONID=a:b+:c1" }],
  [{ cookies: "JSESSIONID=:secret" }, { cookies: "JSESSIONID=:sec" }],
  [{ cookies: "JSESSIONID=a:b" }, { cookies: "JSESSIONID=a:b" }],
  [{ cookies: 'JSESSIONID="0000abcdef:c1"' }, { cookies: 'JSESSIONID="0000:c1"' }],
  [{ cookies: "Cookie: a=b; SHOP=0000abc+c1; S2=0000abc!1" }, { cookies: "SHOP=0000+c1; S2=0000!1" }],
  [{ cookies: "LtpaToken2=AbCdEf+IjKl==\nJSESSIONID=0000abc:c1" }, { cookies: "JSESSIONID=0000:c1" }],
  [{ cookies: "sid=s:secret\nAbCdEf+IjKl==\nAbCdEf+IjKl\nxSHOP=0000abc:c1" }, {}],
  [{ headers: "Host: h\ncookie: sid=s:secret; JSESSIONID=0000abc:c1\nAuthorization: Basic YTpi\nCookie: a=b" },
    { headers: "Host: h\ncookie: JSESSIONID=0000:c1" }],
  [{ url: "http://user:pw@h:80/a@b;jsessionid=0000abc:c1/x?q=secret#secret" },
    { url: "http://h:80/a@b;jsessionid=0000:c1/x" }],
  [{ url: "https://h/;shopid=0000abc+c1;v=1;token=s:secret#access_token=secret" },
    { url: "https://h/;shopid=0000+c1;v=1;token=s:se" }],
  [{ url: "user:pw@h/a" }, { url: "h/a" }],
  [{ url: "/shop/a@b", down: "m1" }, { url: "/shop/a@b", down: "m1" }],
]) {
  test(JSON.stringify(typed), () => {
    const once = withoutSecrets({ text, fields: typed });
    assert.deepEqual(once, { text, fields: { ...nothing, ...want } });
    assert.deepEqual(withoutSecrets(once), once);
  });
}

test("a link opens to what it was made of, without secrets", async () => {
  globalThis.location = { href: "http://h/page#1=other" };
  const link = await linkOf({ text: text + "ü😀".repeat(5000), fields: { url: "http://h/?q=secret" } });
  assert.equal(link.split("#")[0], "http://h/page");
  const state = await stateOf(new URL(link).hash);
  assert.deepEqual(state, { text: text + "ü😀".repeat(5000), fields: { ...nothing, url: "http://h/" } });
});
