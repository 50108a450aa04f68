package dep;

/** Is in a jar of its own. */
public class Dependency {
    public static String name() {
        return "found";
    }
}
