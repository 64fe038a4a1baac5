// One user session shared by two web applications, as an organisation sets it up; configured by the JSON in PROVIDER.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider, errors } from 'oidc-provider';
import { controlServer } from './control.mjs';
import { Journal } from './journal.mjs';

const { port, api, clients, client_auth_methods: clientAuthMethods } = JSON.parse(process.env.PROVIDER);

const listen = (server, at) => new Promise((resolve, reject) => {
  server.on('error', reject);
  server.listen(at, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`));
});

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const signingKey = { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg: 'RS256', use: 'sig' };
const lifetimes = { accessToken: 3600 };
const journal = new Journal();
const server = createServer();
const issuer = await listen(server, port);

const provider = new Provider(issuer, {
  clients: clients.map(({ pre_authorized: _, ...client }) => ({
    grant_types: ['authorization_code', 'refresh_token'],
    ...client,
    ...(client.backchannel_logout_uri && { backchannel_logout_session_required: true }),
  })),
  clientAuthMethods,
  jwks: { keys: [signingKey] },
  cookies: { keys: [randomUUID()] },
  claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
  conformIdTokenClaims: false,
  features: {
    backchannelLogout: { enabled: true },
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    introspection: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => undefined,
      useGrantedResource: () => true,
      getResourceServerInfo: (_ctx, resource) => {
        if (resource !== api) throw new errors.InvalidTarget();
        return { audience: api, scope: 'orders:read', accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } };
      },
    },
    revocation: { enabled: true },
  },
  // Without the dispatcher that it hands in, which refuses loopback.
  fetch: (url, { dispatcher, ...options }) => fetch(url, options),
  findAccount: (_ctx, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      name: id.charAt(0).toUpperCase() + id.slice(1),
      email: `${id}@acme.example`,
      email_verified: true,
    }),
  }),
  // A web client gets `offline_access` only with prompt=consent; these clients may refresh without it.
  issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
  loadExistingGrant,
  pkce: { required: () => true },
  rotateRefreshToken: true,
  ttl: { AccessToken: () => lifetimes.accessToken, ClientCredentials: 600, DeviceCode: 600, Grant: 86400, IdToken: 3600, RefreshToken: 86400, Session: 86400 },
});

// The organisation consented in advance for one of its applications: its users see no consent page there.
async function loadExistingGrant(ctx) {
  const { client, session, result, params } = ctx.oidc;
  const grantId = result?.consent?.grantId ?? session.grantIdFor(client.clientId);
  if (grantId) return provider.Grant.find(grantId);
  if (!clients.find(({ client_id: id }) => id === client.clientId).pre_authorized) return undefined;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(params.scope);
  await grant.save();
  return grant;
}

journal.watch(provider);
server.on('request', provider.callback());
const control = await listen(controlServer({ journal, lifetimes }), 0);
console.log(`listening ${JSON.stringify({ issuer, control })}`);

// The harness holds the other end of standard input: when it is gone, so is the provider.
process.stdin.resume().on('end', () => process.exit());
