/** As much of oidc-provider's interface as the tests use; the package comes without types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  export type Context = {
    path: string;
    method: string;
    status: number;
    type: string;
    body: Record<string, unknown> & { id_token?: string };
    respond: boolean;
    req: IncomingMessage;
    res: ServerResponse;
    oidc?: {
      route: string;
      provider: Provider;
      client: { clientId: string };
      session: { accountId: string };
      params?: Record<string, string | undefined>;
    };
  };

  export default class Provider {
    constructor(issuer: string, configuration: Record<string, unknown>);
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
    use(middleware: (context: Context, next: () => Promise<void>) => Promise<void>): void;
    on(event: string, listener: (...all: unknown[]) => void): void;
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<{ params: Record<string, string> }>;
    interactionFinished(
      request: IncomingMessage,
      response: ServerResponse,
      result: Record<string, unknown>,
      options: { mergeWithLastSubmission: boolean },
    ): Promise<void>;
    Client: { prototype: Record<string, unknown> };
    Grant: new (of: {
      clientId: string;
      accountId: string;
    }) => { addOIDCScope(scope: string): void; save(): Promise<string> };
  }

  export const interactionPolicy: { base(): { remove(name: string): void } };
}
