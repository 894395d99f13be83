import java.io.Serializable;
import java.time.Instant;
import java.util.Arrays;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.serialization.SimpleStringEncoder;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.connector.file.src.reader.TextLineInputFormat;
import org.apache.flink.core.fs.Path;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectReader;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * The aggregation as a stream of Apache Flink: Aggregate PARALLELISM RECORDING FOLDER. Accounts are keyed state on the heap, and
 * are written down when the recording ends.
 */
public final class Aggregate {
  private static final long QUARTER_MS = 900_000;
  private static final long HOUR = 4;
  private static final long DAY = 96;

  /** What of an event is needed. */
  public static final class Payment {
    public String customer;
    public long ms;
    public long amount;
  }

  /** An event as it stands in the recording. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  static final class Event {
    public String subject;
    public String time;
    public Data data;
  }

  @JsonIgnoreProperties(ignoreUnknown = true)
  static final class Data {
    public Amount amount;
  }

  @JsonIgnoreProperties(ignoreUnknown = true)
  static final class Amount {
    public long minor;
  }

  static final class Parse extends RichMapFunction<String, Payment> {
    private transient ObjectReader reader;
    private transient Payment payment;

    @Override
    public void open(OpenContext context) {
      reader = new ObjectMapper().readerFor(Event.class);
      payment = new Payment();
    }

    @Override
    public Payment map(String line) throws Exception {
      Event event = reader.readValue(line);
      payment.customer = event.subject;
      payment.ms = Instant.parse(event.time).toEpochMilli();
      payment.amount = event.data.amount.minor;
      return payment;
    }
  }

  /** What is known of a customer; the definition is in the README. */
  public static final class Account implements Serializable {
    public long count;
    public long sum;
    public long lastMs = -1;
    public long lastAmount;
    public long dayCount;
    public long daySum;
    public boolean atRisk;

    /** The quarters of an hour of the last day, from `first` on: quarter, count, sum; quarter, count, sum ... */
    public long[] quarters = new long[3 * 4];

    public int first;
    public int end;

    void add(long ms, long amount) {
      if (ms > lastMs) {
        lastMs = ms;
        lastAmount = amount;
      }
      count++;
      sum += amount;
      long before = lastMs / QUARTER_MS - DAY;
      while (first < end && quarters[first] <= before) {
        dayCount -= quarters[first + 1];
        daySum -= quarters[first + 2];
        first += 3;
      }
      long quarter = ms / QUARTER_MS;
      if (quarter > before) {
        dayCount++;
        daySum += amount;
        addToQuarter(quarter, amount);
      }
      atRisk = count >= 10 && daySum * 20 < sum;
    }

    private void addToQuarter(long quarter, long amount) {
      // Nearly always it is the last one.
      int at = end;
      while (at > first && quarters[at - 3] > quarter) {
        at -= 3;
      }
      if (at > first && quarters[at - 3] == quarter) {
        quarters[at - 2]++;
        quarters[at - 1] += amount;
        return;
      }
      if (end == quarters.length) {
        int used = end - first;
        long[] moved = used * 2 > quarters.length ? new long[used / 3 * 6] : quarters;
        System.arraycopy(quarters, first, moved, 0, used);
        at -= first;
        quarters = moved;
        first = 0;
        end = used;
      }
      System.arraycopy(quarters, at, quarters, at + 3, end - at);
      quarters[at] = quarter;
      quarters[at + 1] = 1;
      quarters[at + 2] = amount;
      end += 3;
    }

    String line(String customer) {
      long before = lastMs / QUARTER_MS - HOUR;
      long hourCount = 0;
      long hourSum = 0;
      for (int at = end - 3; at >= first && quarters[at] > before; at -= 3) {
        hourCount += quarters[at + 1];
        hourSum += quarters[at + 2];
      }
      long[] figures = {count, sum, lastMs, lastAmount, hourCount, hourSum, dayCount, daySum, atRisk ? 1 : 0};
      StringBuilder line = new StringBuilder(customer);
      Arrays.stream(figures).forEach(figure -> line.append(',').append(figure));
      return line.toString();
    }
  }

  static final class Accounts extends KeyedProcessFunction<String, Payment, String> {
    private transient ValueState<Account> state;

    @Override
    public void open(OpenContext context) {
      state = getRuntimeContext().getState(new ValueStateDescriptor<>("account", Account.class));
    }

    @Override
    public void processElement(Payment payment, Context context, Collector<String> out) throws Exception {
      Account account = state.value();
      if (account == null) {
        account = new Account();
        // When the recording ends time comes to its end, and the account is written down.
        context.timerService().registerEventTimeTimer(Long.MAX_VALUE);
      }
      account.add(payment.ms, payment.amount);
      state.update(account);
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<String> out) throws Exception {
      out.collect(state.value().line(context.getCurrentKey()));
    }
  }

  public static void main(String[] arguments) throws Exception {
    StreamExecutionEnvironment flink = StreamExecutionEnvironment.getExecutionEnvironment(new Configuration());
    flink.setParallelism(Integer.parseInt(arguments[0]));
    flink.getConfig().enableObjectReuse();
    FileSource<String> recording =
        FileSource.forRecordStreamFormat(new TextLineInputFormat(), new Path(arguments[1])).build();
    FileSink<String> table =
        FileSink.forRowFormat(new Path(arguments[2]), new SimpleStringEncoder<String>("UTF-8")).build();
    flink
        .fromSource(recording, WatermarkStrategy.noWatermarks(), "recording")
        .map(new Parse())
        .returns(Payment.class)
        .keyBy(payment -> payment.customer)
        .process(new Accounts())
        .sinkTo(table);
    flink.execute("accounts");
  }
}
