import { expressionFile, fails } from '../build-cases';

const DOCUMENT = {
  at: new Date('2024-02-29T13:45:30.123Z'),
  later: new Date('2024-03-31T00:00:00Z'),
  nothing: null,
};

/** Expressions on dates. */
export const dateExpressions = [
  expressionFile('reference/operator/aggregation: parts of dates', DOCUMENT, [
    ['$year', { $year: '$at' }, 2024],
    ['$month', { $month: '$at' }, 2],
    ['$dayOfMonth', { $dayOfMonth: '$at' }, 29],
    ['$dayOfWeek', { $dayOfWeek: '$at' }, 5],
    ['$dayOfYear', { $dayOfYear: '$at' }, 60],
    ['$hour', { $hour: '$at' }, 13],
    ['$hour in a time zone', { $hour: { date: '$at', timezone: 'America/New_York' } }, 8],
    ['$minute', { $minute: '$at' }, 45],
    ['$second', { $second: '$at' }, 30],
    ['$millisecond', { $millisecond: '$at' }, 123],
    ['$week', { $week: '$at' }, 8],
    ['$isoWeek', { $isoWeek: '$at' }, 9],
    ['$isoWeekYear', { $isoWeekYear: '$at' }, 2024, 'long'],
    ['$isoDayOfWeek', { $isoDayOfWeek: '$at' }, 4],
    ['$year of null', { $year: '$nothing' }, null],
    ['$year of text', { $year: 'x' }, fails(16006)],
  ]),
  expressionFile('reference/operator/aggregation: arithmetic of dates', DOCUMENT, [
    [
      '$dateAdd of months stays in the month',
      { $dateAdd: { startDate: '$later', unit: 'month', amount: -1 } },
      new Date('2024-02-29T00:00:00Z'),
    ],
    [
      '$dateAdd of days across the change to summer time',
      {
        $dateAdd: {
          startDate: new Date('2024-03-30T12:00:00Z'),
          unit: 'day',
          amount: 1,
          timezone: 'Europe/Berlin',
        },
      },
      new Date('2024-03-31T11:00:00Z'),
    ],
    [
      '$dateSubtract',
      { $dateSubtract: { startDate: '$at', unit: 'hour', amount: 1 } },
      new Date('2024-02-29T12:45:30.123Z'),
    ],
    ['$dateDiff', { $dateDiff: { startDate: '$at', endDate: '$later', unit: 'day' } }, 31, 'long'],
    ['$dateTrunc', { $dateTrunc: { date: '$at', unit: 'hour' } }, new Date('2024-02-29T13:00:00Z')],
    [
      '$dateTrunc to weeks',
      { $dateTrunc: { date: '$at', unit: 'week', startOfWeek: 'monday' } },
      new Date('2024-02-26T00:00:00Z'),
    ],
    ['an unknown unit', { $dateAdd: { startDate: '$at', unit: 'moon', amount: 1 } }, fails(9)],
  ]),
  expressionFile('reference/operator/aggregation: dates and text', DOCUMENT, [
    [
      '$dateToString',
      { $dateToString: { date: '$at', format: '%Y-%m-%d %H:%M:%S.%L %z' } },
      '2024-02-29 13:45:30.123 +0000',
    ],
    [
      '$dateToString in a time zone',
      { $dateToString: { date: '$at', timezone: '+05:30' } },
      '2024-02-29T19:15:30.123',
    ],
    ['$dateToString of null', { $dateToString: { date: '$nothing', onNull: 'none' } }, 'none'],
    [
      '$dateFromString',
      { $dateFromString: { dateString: '2024-02-29T13:45:30.123Z' } },
      new Date('2024-02-29T13:45:30.123Z'),
    ],
    [
      '$dateFromString by a format',
      { $dateFromString: { dateString: '29.02.2024', format: '%d.%m.%Y' } },
      new Date('2024-02-29T00:00:00Z'),
    ],
    ['$dateFromString of nonsense', { $dateFromString: { dateString: 'soon' } }, fails(241)],
    [
      '$dateFromString with onError',
      { $dateFromString: { dateString: 'soon', onError: 'never' } },
      'never',
    ],
    [
      '$dateFromParts',
      { $dateFromParts: { year: 2024, month: 2, day: 29, hour: 12 } },
      new Date('2024-02-29T12:00:00Z'),
    ],
    [
      '$dateFromParts of an ISO week',
      { $dateFromParts: { isoWeekYear: 2024, isoWeek: 9, isoDayOfWeek: 4 } },
      new Date('2024-02-29T00:00:00Z'),
    ],
    [
      '$dateToParts',
      { $dateToParts: { date: '$at' } },
      { year: 2024, month: 2, day: 29, hour: 13, minute: 45, second: 30, millisecond: 123 },
    ],
  ]),
];
