/* A file's field that may stay empty tells its sheet whether it is. */
for (const field of document.querySelectorAll(".file:has(:optional)")) {
  const input = field.querySelector("input")
  const tell = () => field.toggleAttribute("data-empty", input.files.length === 0)
  input.addEventListener("change", tell)
  tell()
}
