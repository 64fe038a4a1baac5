// What the harness may ask about afterwards: interactions shown, tokens granted, logout tokens delivered.
export class Journal {
  interactions = [];
  grants = [];
  deliveries = [];

  watch(provider) {
    provider.on('interaction.started', (ctx, prompt) => {
      this.interactions.push({ client: ctx.oidc.client.clientId, prompt: prompt.name });
    });
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

  // The `fetch` that oidc-provider delivers logout tokens with. Without its dispatcher, which refuses loopback.
  deliver = async (url, { dispatcher, ...options }) => {
    const response = await fetch(url, options);
    const token = new URLSearchParams(options.body).get('logout_token');
    this.deliveries.push({ url, token, status: response.status });
    return response;
  };
}
