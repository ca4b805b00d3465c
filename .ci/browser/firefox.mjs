// Uses the page of the playground in Firefox, by its keyboard: an example, its findings, a repair, a question, a link,
// a text that is pasted. By hand, since Debian's Firefox is large and no test needs it:
//
//   apt-get install firefox-esr; npm install --prefix T puppeteer-core; web/build T/page
//   python3 -m http.server --directory T/page --bind 127.0.0.1 8080 &
//   cd T && node CHECKOUT/.ci/browser/firefox.mjs http://127.0.0.1:8080/ [dark]
import { createRequire } from "node:module";

const puppeteer = createRequire(`${process.cwd()}/`)("puppeteer-core").default;
const [url, scheme] = process.argv.slice(2);
const executablePath = process.env.FIREFOX || "/usr/bin/firefox-esr";
const browser = await puppeteer.launch({ browser: "firefox", executablePath,
  extraPrefsFirefox: { "ui.systemUsesDarkTheme": scheme === "dark" ? 1 : 0 } });
const page = await browser.newPage();
page.setDefaultTimeout(120_000);
let faults = 0;
const fault = (text) => { faults++; console.log(text); };
page.on("pageerror", (err) => fault(`the page says ${err.message}`));

const says = (selector, text, on = page) => on.waitForFunction(
  (s, t) => document.querySelector(s)?.textContent.includes(t), {}, selector, text);
const press = async (key, ...held) => {
  for (const k of held) await page.keyboard.down(k);
  await page.keyboard.press(key);
  for (const k of held) await page.keyboard.up(k);
};
const tab = async (selector, ...held) => {
  for (let i = 0; i < 80; i++) {
    await press("Tab", ...held);
    if (await page.evaluate((s) => document.activeElement.matches(s), selector)) return;
  }
  throw new Error(`the tabulator does not lead to ${selector}`);
};
const enter = async (selector, ...held) => { await tab(selector, ...held); await press("Enter"); };

try {
  await page.goto(url);
  await page.waitForFunction(() => document.getElementById("main").ariaBusy === "false"
    && document.getElementById("platform").length > 0);
  await tab("#example");
  await page.keyboard.type("A");
  await says("#findings-title", "3 errors");
  await says("#brief", "member shop1 of cluster shopCluster");
  await says("#tree", "shopCluster");
  await tab(".cm-content");
  for (let i = 0; i < 3; i++) await press("F8");
  await says(".cm-tooltip", "CloneID");
  await enter("#findings button");
  await page.waitForFunction(() => getSelection().toString() === "RoundRobin");
  await enter("#findings li:nth-child(4) button:nth-of-type(3)");
  await says("#findings-title", "2 errors");
  await enter("#findings li:nth-child(3) button:nth-of-type(2)");
  await says("#explained", "WP301");
  await tab("#down", "Shift");
  await page.keyboard.type("shop1=timeout");
  await enter("#url", "Shift");
  await says("#brief", "goes to  shop2");
  await enter("#steps button");
  await page.waitForFunction(() => document.activeElement.matches(".cm-content"));
  await enter("#share", "Shift");
  await says("#said", "Whoever has it has the file");

  const other = await browser.newPage();
  await other.goto(await page.evaluate(() => location.href));
  await says("#brief", "goes to  shop2", other);
  if (await other.evaluate(() => document.getElementById("cookies").value) !== "JSESSIONID=0000:shop1a") {
    fault("the link has the whole session ID");
  }
  await other.close();
  await page.bringToFront();

  await tab("#url", "Shift");
  await press("a", "Control");
  await page.keyboard.type('<Config><ServerCluster Name="c" LoadBalance="wrong"/></Config>');
  await press("a", "Control");
  await press("c", "Control");
  await tab(".cm-content", "Shift");
  await press("a", "Control");
  await press("v", "Control");
  await says("#findings", 'LoadBalance "wrong"');
  await page.setViewport({ width: 360, height: 640 });
  if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) fault("wider than a small screen");
} catch (err) {
  fault(err.message);
  await page.screenshot({ path: "firefox.png" });
}
await browser.close();
console.log(faults === 0 ? "all is well" : `${faults} faults`);
process.exitCode = Math.min(faults, 1);
