// Without this script the text stands in a box from which it can be copied by hand.
"use strict";

for (const button of document.querySelectorAll("button.copy")) {
  const box = document.getElementById(button.dataset.copies);
  const words = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    box.select();
    try {
      await navigator.clipboard.writeText(box.value);
    } catch {
      document.execCommand("copy"); // no clipboard where the page came without https
    }
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = words; }, 2000);
  });
}
