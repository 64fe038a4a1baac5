// express-openid-connect as its documentation sets it up, and beside it the page of Express alone.
import express from 'express';
import { auth } from 'express-openid-connect';

const task = (name) => process.env[`PEERS_${name}`];
const listen = (app, address) => {
  const [host, port] = address.split(':');
  return app.listen(Number(port), host);
};

const bare = express();
bare.get('/me', (_request, response) => {
  response.type('text').send(`hello ${task('SUBJECT')}`);
});

const application = express();
application.use(auth({
  authRequired: true,
  authorizationParams: { response_type: 'code', scope: 'openid profile email' },
  baseURL: `http://${task('PROTECTED')}`,
  clientID: task('CLIENT_ID'),
  clientSecret: task('CLIENT_SECRET'),
  issuerBaseURL: task('ISSUER'),
  routes: { callback: '/auth/callback' },
  secret: task('KEY'),
}));
application.get('/me', (request, response) => {
  response.type('text').send(`hello ${request.oidc.user.sub}`);
});

listen(bare, task('BARE'));
listen(application, task('PROTECTED'));
