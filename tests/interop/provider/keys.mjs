// Signing keys of the provider, and of somebody else.
import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';

export function newSigningKey(kid = randomUUID()) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { kid, privateKey, jwk: { ...privateKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' } };
}

// A JWS in compact form; RFC 7515 section 7.1.
export function signJwt({ kid, privateKey }, header, claims) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${encode({ alg: 'RS256', kid, ...header })}.${encode(claims)}`;
  return `${input}.${createSign('RSA-SHA256').update(input).sign(privateKey, 'base64url')}`;
}
