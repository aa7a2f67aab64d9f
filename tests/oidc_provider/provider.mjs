// A force's own sign-in, made of oidc-provider with a few invented people; started by the tests.
// Prints its issuer, then reads one line of JSON, {clients, people, tellsAllAtOnce}, and prints that
// it is ready; ends when its input does.

import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { createInterface } from "node:readline";

import Provider from "oidc-provider";

const server = createServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;
const tell = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

const lines = createInterface({ input: process.stdin });
lines.on("close", () => process.exit());
const line = new Promise((resolve) => lines.once("line", resolve));
tell({ issuer });
const setUp = JSON.parse(await line);
// Who is here, by their subject; the tests change it while the provider runs.
const people = new Map(Object.entries(setUp.people));
const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;

const page = (title, body) => `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"></head>
<body><main><h1>${title}</h1>${body}</main></body></html>`;

const provider = new Provider(issuer, {
  clients: setUp.clients,
  jwks: { keys: [{ ...key.export({ format: "jwk" }), kid: "first", use: "sig", alg: "RS256" }] },
  cookies: { keys: ["of these tests"] },
  scopes: ["openid", "profile", "email", "groups"],
  claims: {
    openid: ["sub", "acr", "amr"],
    profile: ["name"],
    email: ["email", "email_verified"],
    groups: ["groups"],
  },
  // Else the ID token tells the subject alone, and the rest has to be asked for.
  conformIdTokenClaims: !setUp.tellsAllAtOnce,
  pkce: { required: () => true },
  responseTypes: ["code"],
  ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 3600, IdToken: 600, Interaction: 600, Session: 3600 },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_ctx, sub) =>
    people.has(sub) ? { accountId: sub, claims: () => ({ sub, ...people.get(sub) }) } : undefined,
  // Our own client needs nobody's consent.
  async loadExistingGrant(ctx) {
    const grant = new provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope("openid profile email groups");
    await grant.save();
    return grant;
  },
  // The tracker is on this machine too, which the library would not call.
  fetch: (url, { dispatcher: _, ...options }) => fetch(url, options),
  renderError(ctx, out) {
    ctx.type = "html";
    ctx.body = page("Refused", `<p>${out.error}</p>`);
  },
  features: {
    devInteractions: { enabled: false },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource(ctx, form) {
        const button = '<button form="op.logoutForm" value="yes" name="logout">Yes, sign me out</button>';
        ctx.body = page("Sign out everywhere?", form + button);
      },
      postLogoutSuccessSource(ctx) {
        ctx.body = page("Signed out", "");
      },
    },
  },
});

const body = async (request) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
};

async function interact(request, response) {
  if (request.method === "GET") {
    response.setHeader("Content-Type", "text/html");
    response.end(
      page(
        "Sign in to the force",
        `<form method="post"><label>Name <input name="login"></label>
        <button name="act" value="in">Continue</button> <button name="act" value="out">Cancel</button></form>`,
      ),
    );
    return;
  }
  const sent = new URLSearchParams(await body(request));
  const result =
    sent.get("act") === "out"
      ? { error: "access_denied", error_description: "left" }
      : { login: { accountId: sent.get("login"), amr: ["pwd", "otp"], acr: "gold" } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

async function change(request, response) {
  const sub = request.url.split("/").at(-1);
  people.set(sub, JSON.parse(await body(request)));
  response.end();
}

server.on("request", (request, response) => {
  const place = request.url.split("/")[1];
  if (place === "interaction") return interact(request, response);
  if (place === "people") return change(request, response);
  return provider.callback()(request, response);
});
tell({ ready: true });
