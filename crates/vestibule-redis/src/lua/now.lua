return {whole(now), 'now'}
