import type {
  CommandFailedEvent,
  CommandStartedEvent,
  CommandSucceededEvent,
  Document,
  MongoClient,
} from 'mongodb';
import type { ClientDescription } from './schema';

export interface RecordedEvent {
  readonly type: 'command' | 'cmap' | 'sdam';
  /** The name that test files use, such as `commandStartedEvent`. */
  readonly name: string;
  readonly fields: Document;
}

/** Never reported: their arguments are secrets (specification "Command Logging and Monitoring"). */
const SENSITIVE = new Set([
  'authenticate',
  'saslStart',
  'saslContinue',
  'getnonce',
  'createUser',
  'updateUser',
  'copydbgetnonce',
  'copydbsaslstart',
  'copydb',
  'hello',
  'ismaster',
  'isMaster',
]);

const POOL_EVENTS = {
  poolCreatedEvent: 'connectionPoolCreated',
  poolReadyEvent: 'connectionPoolReady',
  poolClearedEvent: 'connectionPoolCleared',
  poolClosedEvent: 'connectionPoolClosed',
  connectionCreatedEvent: 'connectionCreated',
  connectionReadyEvent: 'connectionReady',
  connectionClosedEvent: 'connectionClosed',
  connectionCheckOutStartedEvent: 'connectionCheckOutStarted',
  connectionCheckOutFailedEvent: 'connectionCheckOutFailed',
  connectionCheckedOutEvent: 'connectionCheckedOut',
  connectionCheckedInEvent: 'connectionCheckedIn',
} as const;

const SERVER_EVENTS = {
  serverDescriptionChangedEvent: 'serverDescriptionChanged',
  topologyDescriptionChangedEvent: 'topologyDescriptionChanged',
} as const;

type CommandEvent = CommandStartedEvent | CommandSucceededEvent | CommandFailedEvent;

/** Collects what one client reports while a test runs. */
export class EventRecorder {
  readonly events: RecordedEvent[] = [];
  private readonly names: ReadonlySet<string>;
  private readonly ignored: ReadonlySet<string>;
  private recording = true;

  constructor(description: ClientDescription) {
    this.names = new Set(description.observeEvents);
    this.ignored = new Set([
      ...(description.ignoreCommandMonitoringEvents ?? []),
      'configureFailPoint',
      ...(description.observeSensitiveCommands ? [] : SENSITIVE),
    ]);
  }

  observe(client: MongoClient): void {
    client.on('commandStarted', (event) => this.command('commandStartedEvent', event));
    client.on('commandSucceeded', (event) => this.command('commandSucceededEvent', event));
    client.on('commandFailed', (event) => this.command('commandFailedEvent', event));
    for (const [name, source] of Object.entries(POOL_EVENTS)) {
      client.on(source, (event: object) => this.record('cmap', name, { ...event }));
    }
    for (const [name, source] of Object.entries(SERVER_EVENTS)) {
      client.on(source, (event: object) => this.record('sdam', name, { ...event }));
    }
  }

  stop(): void {
    this.recording = false;
  }

  /** The commands sent so far, oldest first. */
  startedCommands(): Document[] {
    return this.events
      .filter(({ name }) => name === 'commandStartedEvent')
      .map(({ fields }) => fields.command);
  }

  private command(name: string, event: CommandEvent): void {
    if (this.ignored.has(event.commandName)) return;
    // databaseName and others are getters of the event's class: a spread would lose them.
    const databaseName = 'databaseName' in event ? { databaseName: event.databaseName } : {};
    this.record('command', name, { ...event, ...databaseName, commandName: event.commandName });
  }

  private record(type: RecordedEvent['type'], name: string, fields: Document): void {
    if (this.recording && this.names.has(name)) this.events.push({ type, name, fields });
  }
}
