// The status page as it is now, without losing what is typed, folded, marked or looked at: a node changes only where
// the new page differs. Nothing is asked while the tab is hidden.
"use strict";
(() => {
	const form = document.getElementById("ask"), stale = document.getElementById("stale");
	const every = 1000 * (document.body.dataset.refresh || 0); // 0: only when the filter changes
	let timer = 0, asked = 0, shown = new Date();

	const fits = (a, b) => a && a.nodeName === b.nodeName && (a.id || "") === (b.id || "");
	const isTheirs = (node, name) => name === "open" && node.touched; // what somebody has folded stays so

	function morph(node, now) {
		if (node.nodeType !== Node.ELEMENT_NODE) {
			if (node.data !== now.data) node.data = now.data;
			return;
		}
		for (const { name } of [...node.attributes])
			if (!now.hasAttribute(name) && !isTheirs(node, name)) node.removeAttribute(name);
		for (const { name, value } of now.attributes)
			if (node.getAttribute(name) !== value && !isTheirs(node, name)) node.setAttribute(name, value);
		morphChildren(node, now);
	}

	function morphChildren(node, now) {
		const named = new Map([...node.children].filter(c => c.id).map(c => [c.id, c]));
		let at = node.firstChild;
		for (const next of [...now.childNodes]) {
			const old = next.id ? named.get(next.id) : at;
			if (!fits(old, next)) {
				node.insertBefore(next, at);
				continue;
			}
			if (old === at) at = at.nextSibling;
			else node.insertBefore(old, at);
			morph(old, next);
		}
		while (at) {
			const gone = at;
			at = at.nextSibling;
			gone.remove();
		}
	}

	function show(page) {
		const focus = document.activeElement;
		for (const part of document.querySelectorAll("[data-live]")) morph(part, page.getElementById(part.id));
		if (focus !== document.activeElement && focus.isConnected) focus.focus({ preventScroll: true });
		document.title = page.title;
	}

	function here() { // without the password that an address may have
		const url = new URL(location);
		url.username = url.password = url.hash = "";
		return url;
	}

	async function refresh() {
		const mine = ++asked;
		clearTimeout(timer);
		let problem = "";
		try {
			const answer = await fetch(here(), { cache: "no-store", signal: AbortSignal.timeout(10000) });
			const text = await answer.text();
			if (mine !== asked) return;
			if (answer.ok) {
				show(new DOMParser().parseFromString(text, "text/html"));
				shown = new Date();
			} else problem = answer.status + " " + text;
		} catch (e) {
			problem = e.message;
		}
		if (mine !== asked) return;
		if (problem && stale.hidden)
			stale.textContent = "What stands here is of " + shown.toLocaleTimeString() + ": " + problem;
		stale.hidden = !problem;
		again();
	}

	function again() {
		clearTimeout(timer);
		if (every && !document.hidden) timer = setTimeout(refresh, every);
	}

	function filter(e) {
		if (!["q", "sick", "sort"].includes(e.target.name)) return;
		history.replaceState(null, "", "/?" + new URLSearchParams(new FormData(form)));
		refresh();
	}

	document.addEventListener("input", filter);
	document.addEventListener("click", e => {
		const summary = e.target.closest("summary");
		if (summary) summary.parentNode.touched = true;
	});
	document.addEventListener("visibilitychange", () => {
		if (document.hidden) clearTimeout(timer);
		else if (every) refresh();
	});
	again();
})();
