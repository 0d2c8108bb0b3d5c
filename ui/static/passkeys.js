// Passkeys: what only the browser can do with them. Two users: the plain pages, which carry forms
// with data-passkey, and the application, which calls tallystick.makePasskey and usePasskey.
{
  const toBytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
  const toText = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-")
      .replace(/\//g, "_")
      .replace(/=+$/, "");
  const withBytes = (list) => (list ?? []).map((each) => ({ ...each, id: toBytes(each.id) }));
  const isHere = () => window.isSecureContext && "PublicKeyCredential" in window;

  async function create(options) {
    const publicKey = {
      ...options,
      challenge: toBytes(options.challenge),
      user: { ...options.user, id: toBytes(options.user.id) },
      excludeCredentials: withBytes(options.excludeCredentials),
    };
    const made = await navigator.credentials.create({ publicKey });
    return answer(made, {
      attestationObject: toText(made.response.attestationObject),
      transports: made.response.getTransports?.() ?? [],
    });
  }

  async function use(options) {
    const publicKey = {
      ...options,
      challenge: toBytes(options.challenge),
      allowCredentials: withBytes(options.allowCredentials),
    };
    const used = await navigator.credentials.get({ publicKey });
    const { authenticatorData, signature, userHandle } = used.response;
    return answer(used, {
      authenticatorData: toText(authenticatorData),
      signature: toText(signature),
      ...(userHandle ? { userHandle: toText(userHandle) } : {}),
    });
  }

  const answer = (credential, parts) =>
    JSON.stringify({
      id: credential.id,
      rawId: toText(credential.rawId),
      type: credential.type,
      response: { clientDataJSON: toText(credential.response.clientDataJSON), ...parts },
    });

  // {answer}, or {problem} with the name that the browser gives it
  async function tried(act, options) {
    if (!isHere()) return { problem: "NotSupportedError" };
    try {
      return { answer: await act(options) };
    } catch (error) {
      return { problem: error.name ?? "Error" };
    }
  }

  window.tallystick = Object.assign(window.tallystick ?? {}, {
    makePasskey: (options) => tried(create, options),
    usePasskey: (options) => tried(use, options),
  });

  // The plain pages. A form is hidden until it is known to work.
  async function post(url, fields) {
    const response = await fetch(url, { method: "POST", body: new URLSearchParams(fields) });
    return response.json();
  }

  async function run(form) {
    const { csrf, next, passkey, finish } = form.dataset;
    const options = await post(passkey, { csrf });
    if (options.message) return options.message;
    const tell = await tried(use, options);
    if (tell.problem) return form.dataset.cancelled;
    const done = await post(finish, { csrf, next, answer: tell.answer });
    if (done.message) return done.message;
    location.assign(done.to);
    return "";
  }

  async function submit(event) {
    event.preventDefault();
    const form = event.currentTarget;
    const [button, words] = [form.querySelector("button"), form.querySelector("[role=alert]")];
    button.disabled = true;
    words.textContent = "";
    try {
      words.textContent = await run(form);
    } catch {
      words.textContent = form.dataset.failed; // no connection, or an answer that is none of ours
    }
    button.disabled = false;
    if (words.textContent) button.focus();
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.addEventListener("submit", submit);
    form.hidden = !isHere();
  }
}
