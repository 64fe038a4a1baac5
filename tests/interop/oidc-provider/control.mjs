// The harness's own door to the provider: the journal, and the lifetime of access tokens.
import { createServer } from 'node:http';

export function controlServer({ journal, lifetimes }) {
  const routes = {
    'GET /journal': () => journal,
    'POST /access-token-lifetime': ({ seconds }) => {
      lifetimes.accessToken = seconds;
      return {};
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
