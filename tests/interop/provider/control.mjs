// The harness's own door to the provider: the journal, the lifetime of access tokens, logout tokens made to order.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { signJwt } from './keys.mjs';

const BACKCHANNEL_LOGOUT = 'http://schemas.openid.net/event/backchannel-logout';

export function controlServer({ issuer, journal, lifetimes, keys }) {
  const routes = {
    'GET /journal': () => journal,
    'POST /access-token-lifetime': ({ seconds }) => {
      lifetimes.accessToken = seconds;
      return {};
    },
    'POST /logout-token': ({ audience, subject, sid, key }) => {
      const iat = Math.floor(Date.now() / 1000);
      const claims = {
        iss: issuer, aud: audience, sub: subject, sid, iat, exp: iat + 120,
        jti: randomUUID(), events: { [BACKCHANNEL_LOGOUT]: {} },
      };
      return { token: signJwt(keys[key], { typ: 'logout+jwt' }, claims) };
    },
  };

  return createServer(async (request, response) => {
    const answer = (status, body) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    try {
      const route = routes[`${request.method} ${request.url}`];
      if (!route) return answer(404, { error: `no route ${request.method} ${request.url}` });
      const body = Buffer.concat(await request.toArray()).toString();
      answer(200, route(body === '' ? {} : JSON.parse(body)));
    } catch (error) {
      answer(500, { error: error.message });
    }
  });
}
