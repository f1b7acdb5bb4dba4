import { HighwaterError } from '../../../contract/errors.ts';
import type { SourceState } from '../../../contract/protocol/down.ts';
import { told } from '../../feed-state.ts';
import type { MqttAddress } from './address.ts';
import { BrokerRefusal } from './refusal.ts';

/** Why there is no connection, and what to do, in words that hold no password. */
export function failureState({ name, tls, username }: MqttAddress, error: unknown): SourceState {
  const detail = told(error).message;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (error instanceof HighwaterError) return failed(error.message, error.fix);
  if (error instanceof BrokerRefusal) {
    if (error.kind === 'user')
      return failed(
        `the MQTT broker at ${name} refuses this user: ${detail}`,
        username === null
          ? 'put user:password@ before the host, or allow the user'
          : 'correct user:password@ in the address',
      );
    if (error.kind === 'taken-over')
      return failed(
        `the MQTT broker at ${name} ended the connection: ${detail}`,
        'let one relay use a data folder, and give a copied folder’s streams a name of their own',
      );
    return failed(`the MQTT broker at ${name} refuses: ${detail}`, 'correct what it names; the relay keeps trying');
  }
  if (/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)$/.test(code))
    return failed(
      `no MQTT broker answers at ${name} (${code})`,
      'start the broker or correct the address; the relay keeps trying',
    );
  if (NOT_TRUSTED.test(code))
    return failed(
      `the certificate of the MQTT broker at ${name} is not trusted: ${detail}`,
      'name the file of the authority that signed it: security: { tls: { ca: ca.pem } }',
    );
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return failed(
      `the certificate of the MQTT broker at ${name} is not valid now: ${detail}`,
      'renew it, or set the clock right',
    );
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return failed(
      `the certificate of the MQTT broker at ${name} is for another host: ${detail}`,
      'write the host as the certificate names it',
    );
  if (CERTIFICATE_WANTED.test(code))
    return failed(
      `the MQTT broker at ${name} wants another certificate from us: ${detail}`,
      'name the files: security: { tls: { cert: client.pem, key: client.key } }',
    );
  if (tls && /^(ERR_SSL|EPROTO)/.test(code))
    return failed(
      `what answers at ${name} does not speak TLS as it should (${code})`,
      'use the port of its TLS listener, or mqtt://',
    );
  return failed(
    `the connection to the MQTT broker at ${name} ends before it is one${detail === '' ? '' : `: ${detail}`}`,
    'make sure that an MQTT broker listens there, for TLS with mqtts:// alone; the relay keeps trying',
  );
}

const NOT_TRUSTED =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|CERT_SIGNATURE_FAILURE|CERT_UNTRUSTED)$/;
const CERTIFICATE_WANTED = /CERTIFICATE_REQUIRED|ALERT_(BAD|UNKNOWN)_C|HANDSHAKE_FAILURE|ALERT_UNKNOWN_CA/;

function failed(message: string, fix: string): SourceState {
  return { state: 'failed', message, fix };
}
