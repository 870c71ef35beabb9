// Hides what was not asked for.  Without this the page shows everything.
(function () {
	"use strict";
	const form = document.getElementById("filters");
	const items = Array.from(document.querySelectorAll(".item"));
	const groups = Array.from(document.querySelectorAll(".group"));
	const shown = form.querySelector("output");
	const texts = new Map();

	function text(item) {
		if (!texts.has(item))
			texts.set(item, item.textContent.toLowerCase());
		return texts.get(item);
	}

	// Each select is named after the attribute that it looks at.
	function wanted(item, choices, words) {
		return choices.every(([name, value]) => item.dataset[name] === value) && words.every((word) => text(item).includes(word));
	}

	function filter() {
		const choices = Array.from(form.querySelectorAll("select"), (s) => [s.name, s.value]).filter(([, value]) => value);
		const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
		let n = 0;
		for (const item of items) {
			item.hidden = !wanted(item, choices, words);
			n += !item.hidden;
		}
		for (const group of groups)
			group.hidden = !group.querySelector(".item:not([hidden])");
		shown.textContent = n + " of " + items.length + " shown";
	}

	form.addEventListener("input", filter);
	form.addEventListener("submit", (event) => event.preventDefault());
	form.addEventListener("reset", () => setTimeout(filter, 0));
	form.hidden = items.length === 0;
	filter();
})();
