import * as JsSIP from 'jssip';

// A file of its own, so that the library is one chunk, loaded only when the phone is used.
const { UA, WebSocketInterface } = JsSIP;

export { UA, WebSocketInterface };
