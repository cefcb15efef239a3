# Reads the messages whose paths stand on standard input with MIME::Parser; a line of JSON each.
use strict; use warnings;
use MIME::Parser; use MIME::WordDecoder; use Encode qw(decode); use JSON::PP;

my $json = JSON::PP->new->utf8->canonical;
my $parser = MIME::Parser->new;
$parser->output_to_core(1);
sub text {
    my ($written) = @_;
    chomp $written;
    $written =~ s/\r?\n//g;
    return decode("MIME-Header", $written);
}
while (my $path = <STDIN>) {
    chomp $path;
    my $message = $parser->parse_open($path);
    my $header = $message->head;
    my ($written, $address) = $header->get("From") =~ /^(.*?)\s*<([^<>]+)>\s*$/s;
    my $name = text($written);
    $name =~ s/^"(.*)"$/$1/s and $name =~ s/\\(.)/$1/g;
    my @files = map { $_->head->recommended_filename }
        grep { ($_->head->get("Content-Disposition") // "") =~ /^attachment/ } $message->parts_DFS;
    my %found = (
        sender_name => $name, sender => $address, subject => text($header->get("Subject")),
        fields => [map { lc } $header->tags], files => [map { decode("MIME-Header", $_) } @files],
        map { my $one = $_; lc $one => [map { s/\s+$//r } map { split /,\s*/ } $header->get_all($one)] }
            qw(To Cc Bcc),
    );
    print $json->encode(\%found), "\n";
}
