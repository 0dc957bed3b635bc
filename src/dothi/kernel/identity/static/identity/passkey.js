// Forms marked data-passkey ask the device for a passkey before they are sent.
// login: options are fetched first; get / create: options are in #passkey-data.
(() => {
  const problem = document.getElementById("passkey-problem");

  // A relying party is a domain; browsers refuse passkeys at a bare address.
  const numeric = /^[\d.]+$|:/.test(location.hostname);

  function fail(error) {
    console.warn(error);
    if (problem) {
      problem.textContent = numeric ? problem.dataset.numeric : problem.dataset.text;
      problem.hidden = false;
    }
  }

  function given() {
    return JSON.parse(document.getElementById("passkey-data").textContent);
  }

  async function fetched(form) {
    const response = await fetch(form.action, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (!response.ok) throw new Error(`options: ${response.status}`);
    return (await response.json()).request_options;
  }

  function creation(form) {
    const options = given().creation_options;
    const alone = form.querySelector('input[name="passwordless"]');
    const selection = options.publicKey.authenticatorSelection;
    if (alone && selection) {
      selection.residentKey = alone.checked ? "required" : "discouraged";
      selection.requireResidentKey = alone.checked;
      if (alone.checked) selection.userVerification = "required";
    }
    return options;
  }

  async function credential(form) {
    const kind = form.dataset.passkey;
    if (kind === "create") return window.webauthnJSON.create(creation(form));
    return window.webauthnJSON.get(kind === "login" ? await fetched(form) : given().request_options);
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (problem) problem.hidden = true;
      try {
        form.querySelector('input[name="credential"]').value = JSON.stringify(await credential(form));
        form.submit();
      } catch (error) {
        fail(error);
      }
    });
  }
})();
