// What the harness may ask about afterwards: the token calls that were granted.
export class Journal {
  grants = [];

  watch(provider) {
    provider.on('grant.success', (ctx) => {
      this.grants.push({
        client: ctx.oidc.client.clientId,
        grant_type: ctx.oidc.params.grant_type,
        rotated: ctx.oidc.entities.RotatedRefreshToken !== undefined,
        authentication: ctx.headers.authorization === undefined ? 'client_secret_post' : 'client_secret_basic',
      });
    });
    for (const event of ['server_error', 'grant.error', 'authorization.error', 'end_session.error', 'backchannel.error']) {
      provider.on(event, (_ctx, error) => console.error(`${event}: ${error.message} ${error.error_description ?? ''}`));
    }
  }
}
